"""Base pages, components and their gallery, style sheets, navigation. No domain.

Owns: nothing in the database.
Knows: kernel.
"""
