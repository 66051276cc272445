"""When things are wrong: what the person reads, what the operator reads, and that nothing is lost."""
