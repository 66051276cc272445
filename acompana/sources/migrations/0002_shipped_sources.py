"""Leave the sources that come with the system in place, so that a file can be imported at once."""

from django.db import migrations

from acompana.sources.operations.mappings import load_shipped_sources


def load(apps, schema_editor):
    load_shipped_sources(apps.get_model("sources", "Source"))


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_sources_runs_and_provenance")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
