"""As `es`: the locale es-CL falls on the same formats."""

from acompana.config.formats.es.formats import *  # noqa: F403
