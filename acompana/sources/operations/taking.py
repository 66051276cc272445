"""Taking a source's word where the agency had another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from acompana.companies.models import Company
from acompana.companies.operations import update_characterization
from acompana.companies.rules import CHARACTERIZATION_FIELDS
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.sources.fields import BY_NAME
from acompana.sources.models import Provenance


@verb
def take_word(*, company: Company, source_id: int, field: str, actor: Actor, now: datetime) -> str:
    """The registry says from now on what a source says of a field; gives its label.

    An edit with its history, which can be undone as any other. Refused: the source no longer says otherwise.
    """
    spoken = Provenance.objects.select_for_update().filter(company=company, source_id=source_id).first()
    chosen = BY_NAME.get(field)
    if spoken is None or chosen is None or not spoken.kept & chosen.bit or spoken.run.undone_at is not None:
        raise Refused("La fuente ya no dice otra cosa de ese dato.", "SRC-1")
    said: dict[str, Any] = spoken.said or {}
    names = ("region", "commune") if field == "place" else (chosen.name,)
    values = {}
    for name in names:
        if name in said:
            if name not in CHARACTERIZATION_FIELDS:
                raise Refused("Ese dato se cambia en otra parte.", "SRC-1")
            column: Any = Company._meta.get_field(name)
            raw = said[name]
            if column.is_relation:
                values[name] = column.related_model._base_manager.filter(pk=raw).first()
            else:
                values[name] = column.to_python(raw)
    version = Company.objects.values_list("version", flat=True).get(pk=company.pk)
    update_characterization(
        company=company,
        version=version,
        values=values,
        actor=actor,
        now=now,
        channel="system",
        source=spoken.source.slug,
    )
    spoken.kept &= ~chosen.bit
    spoken.fields |= chosen.bit
    spoken.said = {name: value for name, value in said.items() if name not in names} or None
    spoken.save(update_fields=["kept", "fields", "said"])
    return chosen.label
