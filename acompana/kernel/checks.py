"""What must hold before the application starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from acompana.kernel.rulebook_files import find_faults, rulebook_folder


@register()
def check_rulebook(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The files of the rulebook are whole: every rule with value, label, dates and source."""
    return [Error(fault, id="kernel.E001", obj="rulebook") for fault in find_faults(rulebook_folder())]
