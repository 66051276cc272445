"""Figures: the funnel of the route, compliance per deadline.

Owns: nothing: it computes.
Knows: the processes and all below.
"""
