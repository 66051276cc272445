"""The kernel's tables, by capability; none of them knows a word of the domain."""

from acompana.kernel.models.changes import Change, ChangeSet
from acompana.kernel.models.feed import FeedRow, FeedState
from acompana.kernel.models.rulebook import RuleAmendment
from acompana.kernel.models.search import SearchRow
from acompana.kernel.models.sent import SentForm

__all__ = ["Change", "ChangeSet", "FeedRow", "FeedState", "RuleAmendment", "SearchRow", "SentForm"]
