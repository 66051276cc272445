from importlib import import_module

from django.db import migrations

from acompana.kernel.append_only import protect, unchanged, unprotect

TABLE = "intake_standing"
SAID = ("id", "matter_id", "segment", "colour", "reasons", "final_score", "since_at", "recorded_by_id")


def forwards(apps, editor):
    # A merge passes a standing on to the company that stays, with nothing else of it changed.
    unprotect(editor, TABLE)
    protect(editor, TABLE, unchanged(editor, *SAID))


def backwards(apps, editor):
    unprotect(editor, TABLE)
    import_module("acompana.intake.migrations.0004_standings_are_append_only").forwards(apps, editor)


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_who_contacts_and_who_rises")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
