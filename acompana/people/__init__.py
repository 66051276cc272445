"""Who enters and who works here: people, staff with roles, offices with their calendars, absences.

Owns: those rows, and the sign-in pages.
Knows: kernel, shell, reference, files.
"""
