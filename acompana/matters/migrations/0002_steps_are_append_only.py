from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(editor, "matters_step")


def backwards(apps, editor):
    unprotect(editor, "matters_step")


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
