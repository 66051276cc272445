from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(
        editor, "commitments_pause", closes=("resumed_at", "resumed_by_id", "answer_id"), erases=("reason",)
    )
    protect(editor, "commitments_transfer", erases=("reason",))


def backwards(apps, editor):
    for table in ("commitments_pause", "commitments_transfer"):
        unprotect(editor, table)


class Migration(migrations.Migration):
    dependencies = [("commitments", "0002_pause_answer")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
