"""What somebody typed into a form after their session had ended: kept until they enter again, in the session that
the entrance opens for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

KEY = "interrupted_form"
LIMIT = 100_000  # characters
LEFT_OUT = ("csrfmiddlewaretoken", "password", "code", "credential")


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A form as it was sent: its address, and the name and value of each control, in order."""

    address: str
    values: list[tuple[str, str]]
    had_files: bool


def keep_typed(request: HttpRequest) -> bool:
    """Keep the form of a request that came without a session. False when there is nothing in it to keep."""
    values = [
        (name, value)
        for name, given in request.POST.lists()
        if not any(word in name for word in LEFT_OUT)
        for value in given
    ]
    if not any(value.strip() for _, value in values) or sum(len(value) for _, value in values) > LIMIT:
        return False
    request.session[KEY] = {"address": request.get_full_path(), "values": values, "had_files": bool(request.FILES)}
    return True


def typed_before(request: HttpRequest) -> Interrupted | None:
    """The form that was kept for this session, if any."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    return Interrupted(kept["address"], [(name, value) for name, value in kept["values"]], kept["had_files"])


def forget_typed(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
