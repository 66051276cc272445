"""Sources that are not used any more: they stay with their runs and what they brought, and can be used again."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.kernel.changes import snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.sources.models import Source
from acompana.sources.operations.mappings import HISTORY, check_may_import, tell
from acompana.sources.operations.running import cancel_stopped_trial, check_nothing_open, tell_why_cancelled


@verb
def retire_source(*, source: Source, actor: Actor, now: datetime) -> Source:
    """Take a source out of use from today on. Refused: it is out of use already, or a run of it is not over; a trial
    that stopped is cancelled."""
    check_may_import(actor)
    stored = Source.objects.select_for_update().get(pk=source.pk)
    if stored.retired_on is not None:
        raise Refused(f"«{stored}» ya está fuera de uso.", "EXP-5")
    tell_why_cancelled(cancel_stopped_trial(stored, now), "a quedar la fuente fuera de uso")
    check_nothing_open(stored, now)
    before = snapshot(stored, HISTORY)
    stored.retired_on = timezone.localdate(now)
    stored.save(update_fields=["retired_on"])
    tell(stored, before, f"Fuera de uso: {stored}", actor, now)
    return stored


@verb
def bring_source_back(*, source: Source, actor: Actor, now: datetime) -> Source:
    """Files of a retired source can be imported again. Refused if it is in use."""
    check_may_import(actor)
    stored = Source.objects.select_for_update().get(pk=source.pk)
    if stored.retired_on is None:
        raise Refused(f"«{stored}» está en uso.", "EXP-5")
    before = snapshot(stored, HISTORY)
    stored.retired_on = None
    stored.save(update_fields=["retired_on"])
    tell(stored, before, f"De nuevo en uso: {stored}", actor, now)
    return stored
