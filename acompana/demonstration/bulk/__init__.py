"""The bulk of the demonstration: thousands of companies with history, written in sets, obeying the lifecycles."""
