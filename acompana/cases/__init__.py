"""Cases: for now, help requests to Client management (INT-6).

Owns: help requests.
Knows: the homes and the floors below.
"""
