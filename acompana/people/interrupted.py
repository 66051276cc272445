"""What somebody typed into a form after their session had ended: kept until they enter again, in the session that
the entrance opens for them. It is theirs alone: who opened the page of the form (`shell.whose`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest

from acompana.shell.whose import MARK, mark_of

KEY = "interrupted_form"
LIMIT = 100_000  # characters
LEFT_OUT = ("csrfmiddlewaretoken", "password", "code", "credential", MARK)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A form as it was sent: its address, and the name and value of each control, in order."""

    address: str
    values: list[tuple[str, str]]
    had_files: bool


def typed_now(request: HttpRequest) -> Interrupted | None:
    """The form that this request sends, without its secrets. None when there is nothing in it, or far too much."""
    values = [
        (name, value)
        for name, given in request.POST.lists()
        if not any(word in name for word in LEFT_OUT)
        for value in given
    ]
    if not any(value.strip() for _, value in values) or sum(len(value) for _, value in values) > LIMIT:
        return None
    return Interrupted(request.get_full_path(), values, bool(request.FILES))


def keep_typed(request: HttpRequest) -> bool:
    """Keep the form of a request that came without a session. False when there is nothing in it to keep, or nobody
    knows whose it is."""
    typed, whose = typed_now(request), request.POST.get(MARK, "")
    if typed is None or not whose:
        return False
    request.session[KEY] = {**asdict(typed), "whose": whose}
    return True


def is_kept(request: HttpRequest) -> bool:
    """Whether a form waits here for its person, whoever they are."""
    return KEY in request.session


def typed_before(request: HttpRequest) -> Interrupted | None:
    """The form that was kept for the person of this session, if any; somebody else's is dropped."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    if kept.get("whose") != mark_of(request):
        forget_typed(request)
        return None
    return Interrupted(kept["address"], [(name, value) for name, value in kept["values"]], kept["had_files"])


def forget_typed(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
