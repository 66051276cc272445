"""The ground: RUT, calendars and deadlines, rulebook, lifecycles, change sets, search. No domain words.

Owns: rule amendments, change sets, the search index.
Knows: nothing.
"""
