#!/usr/bin/env python3
"""Django's command line for Acompaña; `python3 dev.py manage …` runs it in the project's environment."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acompana.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
