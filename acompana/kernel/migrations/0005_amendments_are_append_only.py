from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(editor, "kernel_ruleamendment")


def backwards(apps, editor):
    unprotect(editor, "kernel_ruleamendment")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_sent_forms")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
