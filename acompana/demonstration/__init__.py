"""The named cast and the demonstration data, shared with the tests; one checker of invariants over both.

Owns: nothing: it makes rows of the other rooms, the cast's through operations and the rest in bulk.
Knows: every room.
"""
