"""Figures: the funnel of the route, compliance per deadline.

Owns: nothing: it computes, from the steps of intakes and from commitments.
Knows: the processes and all below.
"""
