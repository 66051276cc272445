"""What is owed, by whom, by when, and why by then.

Owns: commitments, their pauses and transfers.
Knows: matters, logbook and the floors below.
"""
