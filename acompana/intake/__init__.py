"""From a stranger to a pre-admitted company: route, self-test, routing, interview, validation, pre-admissibility.

Owns: intakes, interviews, referrals, invitations, reviews.
Knows: the homes and the floors below.
"""
