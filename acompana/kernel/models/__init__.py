"""The kernel's tables, by capability; none of them knows a word of the domain."""

from acompana.kernel.models.changes import *  # noqa: F403
from acompana.kernel.models.rulebook import RuleAmendment
from acompana.kernel.models.search import *  # noqa: F403

__all__ = ["RuleAmendment"]
