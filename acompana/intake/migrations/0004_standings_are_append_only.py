from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(editor, "intake_standing")


def backwards(apps, editor):
    unprotect(editor, "intake_standing")


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_intake_confirmed_points")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
