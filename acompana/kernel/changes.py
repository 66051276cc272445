"""History of records: change sets that say who changed what, from what to what, and that can be undone (EXP-5).

A room records a change in the transaction that makes it:

    before = snapshot(company, FIELDS)
    …
    record_change(company, before=before, after=snapshot(company, FIELDS), change_set=…)

What depends on the changed fields (a search index, a computed key) is brought up to date after an undoing by the
function that the room gave to `on_undo`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.formats import number_format
from django.utils.text import capfirst

from acompana.kernel.hands import by_program, note_hand, program_of
from acompana.kernel.models.changes import Change, ChangeSet
from acompana.kernel.refusals import Refused

_after_undo: dict[str, Callable[[Sequence[int]], None]] = {}
_encoder = DjangoJSONEncoder()
YEAR = models.SmallIntegerField  # what years are kept in; their digits are not grouped


def on_undo(model: type[models.Model], bring_up_to_date: Callable[[Sequence[int]], None]) -> None:
    """Registers what to do with the ids of a model's objects after their changes were undone."""
    _after_undo[model._meta.label_lower] = bring_up_to_date


# --- writing ----------------------------------------------------------------------------------------------------


def _plain(value: object) -> Any:
    """A value as JSON keeps it: dates and decimals as text."""
    return value if value is None or isinstance(value, str | int | bool | list | dict) else _encoder.default(value)


def snapshot(obj: models.Model, fields: Iterable[str] | None = None) -> dict[str, Any]:
    """The values of an object's columns, ready for JSON; foreign keys by id. All columns but the key
    and what the database works out unless told."""
    if fields is None:
        fields = [f.name for f in obj._meta.concrete_fields if not f.primary_key and not f.generated]
    return {name: _plain(obj.serializable_value(name)) for name in fields}


def open_change_set(
    *, kind: str, title: str, person_id: int | None, now: datetime, channel: str = "", undoes: ChangeSet | None = None
) -> ChangeSet:
    """One id for everything that one act changes."""
    made = ChangeSet.objects.create(
        kind=kind, title=title[:200], made_at=now, made_by_id=person_id, channel=channel, undoes=undoes
    )
    if person_id is None:
        note_hand(made)
    return made


def describe_change(
    obj: models.Model,
    *,
    change_set: ChangeSet,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    record: models.Model | None = None,
    source: str = "",
) -> Change | None:
    """The unsaved row of one object's change; None if nothing differs. For bulk actions, which save rows in sets."""
    record = record or obj
    action = Change.Action.UPDATED
    if before is None:
        action, after = Change.Action.CREATED, None
    elif after is None:
        action = Change.Action.DELETED
    else:
        names = [name for name in after if before.get(name) != after[name]]
        if not names:
            return None
        before, after = {name: before.get(name) for name in names}, {name: after[name] for name in names}
    return Change(
        change_set=change_set,
        action=action,
        model=obj._meta.label_lower,
        object_id=obj.pk,
        record_model=record._meta.label_lower,
        record_id=record.pk,
        label=str(obj)[:200],
        source=source[:60],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )


def record_change(
    obj: models.Model,
    *,
    change_set: ChangeSet,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    record: models.Model | None = None,
    source: str = "",
) -> Change | None:
    """Keeps one object's change in a set. No `before`: it was created; no `after`: it was deleted (give its snapshot).

    `record` is the object in whose history the change is shown: the company, for a change of its contact.
    """
    change = describe_change(obj, change_set=change_set, before=before, after=after, record=record, source=source)
    if change is not None:
        change.save()
    return change


def record_part(obj: models.Model, *, change_set: ChangeSet) -> None:
    """Keeps that a set is about an object of which it changed no value: it stands in its history."""
    told: dict[str, Any] = {"record_model": obj._meta.label_lower, "record_id": obj.pk}
    if not change_set.changes.filter(**told).exists():
        model, label = obj._meta.label_lower, str(obj)[:200]
        change_set.changes.create(
            action=Change.Action.UPDATED, model=model, object_id=obj.pk, label=label, before={}, after={}, **told
        )


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one object: its Spanish label, and what it was and became, as people read it."""

    label: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one change set did to one record. `undone`: and what was taken back of it since."""

    change_set: ChangeSet
    who: str
    lines: tuple[Line, ...]
    undone: bool


def history_of(record: models.Model, *, limit: int = 50, before_set: int | None = None) -> list[Turn]:
    """The newest change sets that touched a record or what belongs to it, ready to show. Queries: two, and one for
    each kind of thing that a changed foreign key points to."""
    rows = Change.objects.filter(record_model=record._meta.label_lower, record_id=record.pk)
    if before_set is not None:
        rows = rows.filter(change_set_id__lt=before_set)
    ids = list(rows.order_by("-change_set_id").values_list("change_set_id", flat=True).distinct()[:limit])
    shown = rows.filter(change_set__in=ids).select_related("change_set__made_by", "change_set__undone_by")
    changes = list(shown.annotate(program=program_of("kernel.changeset", "change_set_id")).order_by("id"))
    names = _names_of_targets(changes)
    by_set: dict[int, list[Change]] = defaultdict(list)
    for change in changes:
        by_set[change.change_set_id].append(change)

    def is_part(undoing: int) -> bool:
        # Where somebody touched a record since, what takes a set back leaves it alone, and is no part of its history.
        return undoing in by_set or (before_set is not None and undoing >= before_set)

    return [_turn(by_set[pk], record, names, is_part) for pk in ids]


def lines_of(change_set: ChangeSet, record: models.Model) -> tuple[Line, ...]:
    """What one set did to the values of a record itself."""
    told: dict[str, Any] = {"model": record._meta.label_lower, "object_id": record.pk}
    changes = list(change_set.changes.filter(**told).order_by("id"))
    names = _names_of_targets(changes)
    return tuple(line for change in changes for line in _lines(change, record, names))


def last_hand(record: models.Model) -> int | None:
    """Who made the newest change of a record or of what belongs to it; None if a job did, or nobody yet."""
    rows = Change.objects.filter(record_model=record._meta.label_lower, record_id=record.pk)
    return rows.order_by("-id").values_list("change_set__made_by", flat=True).first()


def _turn(
    changes: list[Change], record: models.Model, names: Mapping[tuple[str, Any], str], is_part: Callable[[int], bool]
) -> Turn:
    made = changes[0].change_set
    lines = [line for change in changes for line in _lines(change, record, names)]
    undone = hasattr(made, "undone_by") and is_part(made.undone_by.pk)
    who = str(made.made_by) if made.made_by else by_program(changes[0].program)  # type: ignore[attr-defined]
    return Turn(made, who, tuple(lines), undone)


def _lines(change: Change, record: models.Model, names: Mapping[tuple[str, Any], str]) -> list[Line]:
    model = apps.get_model(change.model)
    own = change.model == record._meta.label_lower and change.object_id == record.pk
    kind = capfirst(model._meta.verbose_name)
    if change.action == Change.Action.CREATED:
        # The title of an import says its source, by its name.
        tells_source = change.source and change.change_set.kind != "import"
        return [Line(kind, "", f"{change.label} ({change.source})" if tells_source else change.label)]
    if change.action == Change.Action.DELETED:
        return [Line(kind, change.label, "")]
    lines = []
    for name, value in (change.after or {}).items():
        field = model._meta.get_field(name)
        label = label_of(field)
        was = _readable(field, (change.before or {}).get(name), names)
        lines.append(Line(label if own else f"{kind} {change.label}: {label}", was, _readable(field, value, names)))
    return lines


def label_of(field: Any) -> str:
    """A field as a history calls it: as its model's `history_labels` do, else by its own name."""
    own = getattr(field.model, "history_labels", {}).get(field.name)
    return capfirst(str(own or getattr(field, "verbose_name", field.name)))


def _target(field: Any) -> str | None:
    return field.related_model._meta.label_lower if field.is_relation and field.related_model else None


def _names_of_targets(changes: Iterable[Change]) -> dict[tuple[str, Any], str]:
    wanted: dict[str, set[Any]] = defaultdict(set)
    for change in changes:
        if change.action == Change.Action.UPDATED:
            model = apps.get_model(change.model)
            for values in (change.before or {}, change.after or {}):
                for name, value in values.items():
                    target = _target(model._meta.get_field(name))
                    if target and value is not None:
                        wanted[target].add(value)
    return {
        (target, pk): str(obj)
        for target, ids in wanted.items()
        for pk, obj in apps.get_model(target)._base_manager.in_bulk(ids).items()
    }


def _readable(field: Any, value: Any, names: Mapping[tuple[str, Any], str]) -> str:
    if value is None or value == "":
        return ""
    if target := _target(field):
        return names.get((target, value), f"nº {value}")
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        return f"{datetime.fromisoformat(value):%d-%m-%Y %H:%M}"
    if isinstance(field, models.DateField):
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    if isinstance(field, models.DecimalField | models.IntegerField) and not isinstance(field, YEAR):
        exact = Decimal(str(value))
        return number_format(int(exact) if exact == int(exact) else exact, force_grouping=True)
    return str(value)


# --- undoing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_change_set(
    *,
    change_set: ChangeSet,
    person_id: int | None,
    now: datetime,
    channel: str = "",
    leaving: Collection[int] = (),
) -> ChangeSet:
    """Puts every object of a set back as it was, as a change set of its own.

    `leaving`: ids of changes that stay done, for who found out beforehand what was changed again and says so.

    Refused, leaving everything as it is, when the set was undone already or when something it changed has been
    changed again since: a later change is never lost in silence.
    """
    change_set = ChangeSet.objects.select_for_update().get(pk=change_set.pk)
    if ChangeSet.objects.filter(undoes=change_set).exists():
        raise Refused("Esto ya se había deshecho.")
    undoing = open_change_set(
        kind="undo",
        title=f"Deshace: {change_set.title}",
        person_id=person_id,
        now=now,
        channel=channel,
        undoes=change_set,
    )
    touched: dict[str, list[int]] = defaultdict(list)
    for change in change_set.changes.order_by("-id").iterator(chunk_size=2000):
        if change.pk in leaving:
            continue
        _undo(change, undoing)
        touched[change.model].append(change.object_id)
    for label, ids in touched.items():
        if bring_up_to_date := _after_undo.get(label):
            bring_up_to_date(ids)
    return undoing


def _undo(change: Change, undoing: ChangeSet) -> None:
    manager = apps.get_model(change.model)._base_manager
    obj = manager.filter(pk=change.object_id).first()
    inverse = Change(
        change_set=undoing,
        model=change.model,
        object_id=change.object_id,
        record_model=change.record_model,
        record_id=change.record_id,
        label=change.label,
    )
    if change.action == Change.Action.DELETED:
        if obj is not None:
            raise _conflict(change)
        _rebuild(change).save(force_insert=True)
        inverse.action, inverse.source = Change.Action.CREATED, "deshacer"
    elif obj is None:
        raise _conflict(change)
    elif change.action == Change.Action.CREATED:
        inverse.action, inverse.before = Change.Action.DELETED, snapshot(obj)
        _remove(change, obj)
    else:
        _put_back(change, obj)
        inverse.action, inverse.before, inverse.after = Change.Action.UPDATED, change.after, change.before
    inverse.save()


def _conflict(change: Change, names: Iterable[str] = ()) -> Refused:
    fields = [apps.get_model(change.model)._meta.get_field(name) for name in names]
    labels = ", ".join(f"«{label_of(field)}»" for field in fields)
    what = f"{labels} de «{change.label}»" if labels else f"«{change.label}»"
    return Refused(f"No se puede deshacer: {what} cambió después. Revisa su historial y corrígelo a mano.", "EXP-5")


def _rebuild(change: Change) -> models.Model:
    model = apps.get_model(change.model)
    values: dict[str, Any] = {}
    for name, value in (change.before or {}).items():
        field: Any = model._meta.get_field(name)
        values[field.attname] = _python(model, field.attname, value)
    return model(pk=change.object_id, **values)


def _python(model: type[models.Model], attname: str, value: Any) -> Any:
    field: Any = model._meta.get_field(attname)
    return field.to_python(value) if value is not None else None


def _remove(change: Change, obj: models.Model) -> None:
    later = Change.objects.filter(model=change.model, object_id=change.object_id, id__gt=change.pk)
    if (
        later.exclude(change_set=change.change_set)
        .filter(change_set__undone_by=None, change_set__undoes=None)
        .exists()
    ):
        raise _conflict(change)
    try:
        with transaction.atomic():
            obj.delete()
    except ProtectedError as error:
        raise Refused(f"No se puede deshacer: «{change.label}» ya tiene historia.", "EXP-5") from error


def _put_back(change: Change, obj: models.Model) -> None:
    before, after = change.before or {}, change.after or {}
    now = snapshot(obj, after)
    if now != after:
        raise _conflict(change, [name for name in after if now[name] != after[name]])
    model = type(obj)
    updates: dict[str, Any] = {}
    for name, value in before.items():
        field: Any = model._meta.get_field(name)
        updates[field.attname] = _python(model, field.attname, value)
    # A record's own count of its savings; another's `version` (an instrument's, which an answer is to) is no count.
    if any(field.name == "version" and not field.is_relation for field in model._meta.concrete_fields):
        updates["version"] = models.F("version") + 1
    model._base_manager.filter(pk=obj.pk).update(**updates)
