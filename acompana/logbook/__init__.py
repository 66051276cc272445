"""What happened: the append-only history.

Owns: entries, their erasable texts, attachments.
Knows: matters and the floors below.
"""
