"""The index that search reads."""
