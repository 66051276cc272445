"""Leave the reference data in place: a database that was only migrated can already answer."""

from django.db import migrations

from acompana.reference.operations import load_reference_data


def load(apps, schema_editor):
    load_reference_data(get_model=lambda name: apps.get_model("reference", name))


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
