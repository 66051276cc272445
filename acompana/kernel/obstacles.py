"""What stands in the way of undoing a change set, found without undoing it: what was changed again since (EXP-5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from acompana.kernel.changes import label_of, snapshot
from acompana.kernel.hands import by_program, program_of
from acompana.kernel.models.changes import Change, ChangeSet

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A value of an object, or with an empty label the object itself, that is not as the set left it; `since` is the
    change that made it so, where it is known."""

    of: str
    label: str
    since: Change | None

    @property
    def text(self) -> str:
        what = f"«{self.label}» de {self.of}" if self.label else f"«{self.of}»"
        if self.since is None:
            return f"{what} cambió después."
        made = self.since.change_set
        who = str(made.made_by) if made.made_by else by_program(self.since.program)  # type: ignore[attr-defined]
        return f"{what} cambió después, el {timezone.localtime(made.made_at):%d-%m-%Y}: {made.title} ({who})."


def obstacles_to(change_set: ChangeSet) -> list[Obstacle]:
    """Why `undo_change_set` would refuse; empty where it would not, but for what the database may say of rows
    that were made since. Changes nothing. Queries: two, and one for each kind of thing that was changed."""
    changes = list(change_set.changes.order_by("-id"))
    there = _objects(changes)
    later = _later(change_set, changes)
    back: dict[Key, dict[str, Any]] = defaultdict(dict)  # what was put back so far, in thought
    found: list[Obstacle] = []
    for change in changes:
        key = (change.model, change.object_id)
        obj, since = there.get(key), later.get(key, [])
        if change.action == Change.Action.UPDATED and obj is not None:
            after = change.after or {}
            now = snapshot(obj, after) | {name: back[key][name] for name in after if name in back[key]}
            changed = [name for name in after if now[name] != after[name]]
            found += [Obstacle(change.label, _label(change.model, name), _newest(since, name)) for name in changed]
            back[key].update(change.before or {})
        elif change.action == Change.Action.DELETED:
            found += [Obstacle(change.label, "", _newest(since))] if obj is not None else []
        elif obj is None or any(change.pk < other.pk for other in since):
            found.append(Obstacle(change.label, "", _newest(since)))
    return found


def _objects(changes: Iterable[Change]) -> dict[Key, Any]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        wanted[change.model].add(change.object_id)
    return {
        (label, pk): obj
        for label, ids in wanted.items()
        for pk, obj in apps.get_model(label)._base_manager.in_bulk(ids).items()
    }


def _later(change_set: ChangeSet, changes: list[Change]) -> dict[Key, list[Change]]:
    """What was done since to what the set changed, and still stands, the oldest first."""
    if not changes:
        return {}
    rows = Change.objects.filter(
        model__in={change.model for change in changes},
        object_id__in={change.object_id for change in changes},
        id__gt=changes[-1].pk,
        change_set__undone_by=None,
        change_set__undoes=None,
    )
    found: dict[Key, list[Change]] = defaultdict(list)
    rows = rows.exclude(change_set=change_set).annotate(program=program_of("kernel.changeset", "change_set_id"))
    for row in rows.select_related("change_set__made_by").order_by("id"):
        found[row.model, row.object_id].append(row)
    return found


def _newest(later: list[Change], name: str = "") -> Change | None:
    told = [change for change in later if not name or name in (change.after or {})]
    return told[-1] if told else None


def _label(model: str, name: str) -> str:
    return label_of(apps.get_model(model)._meta.get_field(name))
