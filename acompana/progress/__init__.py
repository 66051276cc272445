"""Moves a matter along its lifecycle: step, logbook and commitments in one transaction.

Owns: nothing: it composes the homes.
Knows: the homes and the floors below.
"""
