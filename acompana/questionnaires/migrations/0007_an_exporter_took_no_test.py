"""The interview compares what was seen with what the company said in its form, where it took no test (INT-4, INT-16).

What was published never changes: an installation whose interview in force still asks in the shipped words of before gets
a new version; answers keep theirs. Words that people changed stay. On a database made anew there is nothing to do.
"""

from django.db import migrations

from acompana.kernel.clock import read_clock
from acompana.questionnaires.content import shipped_definitions

WHY = "Quien exporta no hace el test: la pregunta habla también de lo que dijo en su ficha."
BEFORE = {
    "honesty": "¿Lo visto coincide con lo que la empresa respondió en su test?",
    "differences": "Diferencias con el test",
}


def reworded(definition):
    """The definition with the shipped words of now where it has those of before."""
    now = {row["slug"]: row for row in shipped_definitions()["interview"]["questions"]}
    return {**definition, "questions": [
        {**row, "text": now[row["slug"]]["text"], "help": now[row["slug"]].get("help", ""), **_options(row, now)}
        if row["text"] == BEFORE.get(row["slug"]) else row
        for row in definition["questions"]
    ]}  # fmt: skip


def _options(row, now):
    """The labels of now; values and points as they were."""
    labels = {option["value"]: option["label"] for option in now[row["slug"]].get("options", ())}
    options = [{**one, "label": labels.get(one["value"], one["label"])} for one in row.get("options", ())]
    return {"options": options} if options else {}


def publish(apps, schema_editor):
    Version = apps.get_model("questionnaires", "Version")
    current = Version.objects.filter(instrument="interview", published_at__isnull=False, retired_at=None).first()
    if current is None or (definition := reworded(current.definition)) == current.definition:
        return
    now, number = read_clock(), Version.objects.filter(instrument="interview").order_by("-number").first().number + 1
    draft = Version.objects.filter(instrument="interview", published_at=None).first()
    if draft is not None:  # the open draft keeps its number after the new version's
        number, draft.number = draft.number, number
        draft.definition = reworded(draft.definition)
        draft.save()
    current.retired_at, current.retired_because = now, f"La reemplaza la versión {number}."
    current.save(update_fields=["retired_at", "retired_because"])
    Version.objects.create(
        instrument="interview", number=number, title=current.title, definition=definition, based_on=current,
        drafted_at=now, published_at=now, reason=WHY,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0006_drafts_keep_what_is_asked_besides")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
