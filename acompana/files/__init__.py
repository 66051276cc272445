"""Uploads, checked before they are kept.

Owns: stored files.
Knows: kernel, shell, reference.
"""
