"""Cases: for now, help requests to Client management (INT-6) and what companies write to their executive (CHA-4).

Owns: help requests, of both kinds, and who has one open.
Knows: the homes and the floors below.
"""
