"""Change sets: what changed, by whom, and how to undo it."""
