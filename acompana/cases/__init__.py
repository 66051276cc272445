"""Cases: for now, help requests to Client management (INT-6) and what companies write to their executive (CHA-4).

Owns: help requests, of both kinds.
Knows: the homes and the floors below.
"""
