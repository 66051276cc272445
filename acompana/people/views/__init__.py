"""The pages of people, by capability."""
