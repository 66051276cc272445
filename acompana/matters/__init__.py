"""Where it stands: every process of the agency is a matter with a lifecycle.

Owns: matters, the steps that they took, and who has a company or a matter open.
Knows: floors below, companies.
"""
