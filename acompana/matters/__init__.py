"""Where it stands: every process of the agency is a matter with a lifecycle.

Owns: matters and the steps that they took.
Knows: floors below, companies.
"""
