"""What a module stands on, made once: each of its tests finds it untouched, since Django undoes what a test does.

kept_world = made_once(build)
world = copy_of("kept_world")      # rows are undone by the database; objects in memory are not

Its name begins with `kept_` where only some tests of the module need it: those come later (`later_what_is_kept`), and
what is kept is made when the first of them comes. A test that needs less of it, or another, finds none of it
(`put_away`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from inspect import Parameter, Signature
from itertools import groupby
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

MADE: list[str] = []  # what stands now, by its name


def made_once(make: Callable[..., Any], upon: str | tuple[str, ...] = ()) -> Any:
    """A fixture of the module: the rows of `make` in a transaction around its tests, which ends as if never begun.
    `upon`: others that were made once, which `make` is given; a test that needs this one finds all of them."""
    below = (upon,) if isinstance(upon, str) else upon

    def kept(request: pytest.FixtureRequest, django_db_blocker: Any, **others: Any) -> Iterator[Any]:
        with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
            with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
                made = make(*(others[name] for name in below))
            if not MADE:  # between two tests Django would close the connection, and the transaction with it
                patch.setattr(connection, "close", lambda: None)
            MADE.append(request.fixturename)
            yield made
            MADE.remove(request.fixturename)
            transaction.set_rollback(True)

    needs = ["request", "django_db_setup", "django_db_blocker", *below]
    return pytest.fixture(scope="module")(needing(kept, needs))


def copy_of(kept: str) -> Any:
    """A fixture for each test: its own copy of what is kept under that name."""
    return pytest.fixture(needing(lambda **given: deepcopy(given[kept]), ["db", kept]))


def needing(function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """A fixture whose needs pytest reads as if they were written out."""
    function.__signature__ = Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in names])  # type: ignore[attr-defined]
    return function


def kept_for(item: pytest.Item) -> list[str]:
    return sorted(name for name in getattr(item, "fixturenames", ()) if name.startswith("kept_"))


def later_what_is_kept(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Within a module, tests that stand on more come later, and beside each other those that stand on the same."""
    modules = groupby(items, key=lambda item: item.getparent(pytest.Module))
    return [item for _, of in modules for item in sorted(of, key=lambda item: (len(kept_for(item)), kept_for(item)))]


def put_away(item: pytest.Item) -> None:
    """Before a test that does not stand on all that its module keeps: none of that is there any more. Of several
    workers, one that takes over tests of another one may come to such a test late."""
    if set(MADE).difference(getattr(item, "fixturenames", ())):
        module = item.getparent(pytest.Module)
        item.session._setupstate.teardown_exact(module.parent)
