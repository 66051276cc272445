"""The registry: companies, contacts, mandates, and the dated facts from which status is computed.

Owns: those rows.
Knows: kernel, shell, reference, files, people.
"""
