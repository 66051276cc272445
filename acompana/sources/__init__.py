"""Where companies come from: files of public registers and other systems, by a declared mapping (SRC-1, FMT-1).

Owns: sources with their mappings, runs, provenance; tables of work while a run lasts.
Knows: the registry, the worker's jobs and all below.
"""
