"""Instruments: versioned questionnaires, answers, results.

Owns: versions, responses, answers.
Knows: the other homes and the floors below.
"""
