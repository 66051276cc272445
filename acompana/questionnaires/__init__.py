"""Instruments: versioned questionnaires, answers, results.

Owns: versions, responses, answers; `definition.py` (what an instrument is), `content/` (the shipped ones, as data),
`pages` (the pages that the rooms above put at their own addresses).
Knows: the other homes and the floors below.
"""
