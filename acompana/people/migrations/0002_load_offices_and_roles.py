"""Leave the regional offices, the central office and the roles in place (OFF-1, ROL-1 to ROL-17)."""

from django.db import migrations

from acompana.people.operations.ground import load_offices_and_roles


def load(apps, schema_editor):
    load_offices_and_roles(get_model=apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("reference", "0002_load_reference_data")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
