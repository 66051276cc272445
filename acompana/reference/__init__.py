"""Reference data: regions, communes, activities, tariff headings, countries, brackets, Incoterms, sectors.

Owns: those rows; they are retired, never deleted.
Knows: kernel, shell.
"""
