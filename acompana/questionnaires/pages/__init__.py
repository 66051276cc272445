"""Pages with which a questionnaire is answered and its result read. The rooms above own the addresses.

A room gives its addresses and what to do at the end, and returns what it gets:

    def test_question(request, slug):
        return pages.answer_page(request, response=draft, question=slug, addresses=ADDRESSES)

    def test_check(request):
        return pages.check_page(request, response=draft, addresses=ADDRESSES, finish=lambda: send(request, draft))

`finish` calls the room's own operation (one transaction) and returns the redirection; what it refuses is shown here.
Who may answer whose questionnaire is the caller's to check.
"""

from acompana.questionnaires.pages.answers import answers_context
from acompana.questionnaires.pages.desk import condition_words, desk_page, replace_page
from acompana.questionnaires.pages.portal import (
    Addresses,
    answer_page,
    check_page,
    count_to_answer,
    from_check,
    progress_of,
    resume_address,
    start_page,
)
from acompana.questionnaires.pages.results import curve_context, result_context
from acompana.questionnaires.pages.too_late import too_late_page

__all__ = [
    "Addresses",
    "answer_page",
    "answers_context",
    "check_page",
    "condition_words",
    "count_to_answer",
    "curve_context",
    "desk_page",
    "from_check",
    "progress_of",
    "replace_page",
    "result_context",
    "resume_address",
    "start_page",
    "too_late_page",
]
