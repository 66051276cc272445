"""The cut-offs of the final score move from the rulebook (INT-26) into the interview's version (INT-16, INT-26).

What was published never changes: an installation whose interview has no such cut-offs gets a new version with those that
held there, doubled, since the final score now adds two instruments of 100 points where it took their mean. On a database
made anew there is nothing to do. Also: with whose help a response was taken (INT-6).
"""

from django.db import migrations, models
import django.db.models.deletion

from acompana.kernel.clock import read_clock
from acompana.questionnaires.content import shipped_definitions

WHY = "Los cortes del puntaje final pasan de las reglas a la pauta de la entrevista."


def move_cut_offs(apps, schema_editor):
    Version = apps.get_model("questionnaires", "Version")
    current = Version.objects.filter(instrument="interview", published_at__isnull=False, retired_at=None).first()
    if current is None or current.definition.get("final"):
        return
    final = [dict(band) for band in shipped_definitions()["interview"]["final"]]
    now = read_clock()
    amended = (
        apps.get_model("kernel", "RuleAmendment")
        .objects.filter(rule_id="INT-26", valid_from__lte=now.date())
        .order_by("valid_from", "version")
        .last()
    )
    if amended is not None:
        held = {
            "with_potential_high": amended.value.get("cut_green"),
            "with_potential": amended.value.get("cut_potential"),
        }
        for band in final:
            if held.get(band["slug"]) is not None:
                band["from"] = held[band["slug"]] * 2
    last = Version.objects.filter(instrument="interview").order_by("-number").first()
    draft = Version.objects.filter(instrument="interview", published_at=None).first()
    number = last.number + 1
    if draft is not None:  # the open draft keeps its number after the new version's
        number, draft.number = draft.number, number
        draft.definition = {**draft.definition, "final": final}
        draft.save()
    current.retired_at, current.retired_because = now, f"La reemplaza la versión {number}."
    current.save(update_fields=["retired_at", "retired_because"])
    Version.objects.create(
        instrument="interview",
        number=number,
        title=current.title,
        definition={**current.definition, "final": final},
        based_on=current,
        drafted_at=now,
        published_at=now,
        reason=WHY,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0003_consents_are_append_only"),
        ("people", "0002_load_offices_and_roles"),
        ("kernel", "0004_sent_forms"),
        ("questionnaires", "0003_publish_shipped_instruments"),
    ]
    operations = [
        migrations.AddField(
            model_name='response',
            name='channel',
            field=models.CharField(blank=True, choices=[('portal', 'Portal'), ('phone', 'Teléfono'), ('email', 'Correo electrónico'), ('whatsapp', 'WhatsApp'), ('counter', 'Oficina, en persona'), ('video', 'Videollamada'), ('visit', 'Visita'), ('event', 'Evento'), ('social', 'Redes sociales'), ('form', 'Formulario'), ('chat', 'Chat'), ('system', 'Sistema')], help_text='by which staff took it with the company; empty: alone', max_length=10),
        ),
        migrations.AddField(
            model_name='response',
            name='told_by',
            field=models.ForeignKey(blank=True, help_text='who of the company answered, when staff took it with them (INT-6)', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='companies.contact'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('told_by', None), models.Q(('channel', ''), _negated=True), _connector='OR'), name='who_answered_with_help_did_so_by_a_channel'),
        ),
        migrations.RunPython(move_cut_offs, migrations.RunPython.noop),
    ]
