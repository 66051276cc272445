"""Puts version 1 of each shipped instrument in force. Later changes of content come by `publish_instruments`."""

from django.db import migrations

from acompana.kernel.clock import read_clock
from acompana.questionnaires.content import shipped_definitions


def publish(apps, schema_editor):
    Version = apps.get_model("questionnaires", "Version")
    now = read_clock()
    for instrument, definition in shipped_definitions().items():
        if not Version.objects.filter(instrument=instrument).exists():
            Version.objects.create(
                instrument=instrument,
                number=1,
                title=definition["title"],
                definition=definition,
                drafted_at=now,
                published_at=now,
                reason="Contenido inicial del proyecto.",
            )


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0002_published_versions_never_change")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
