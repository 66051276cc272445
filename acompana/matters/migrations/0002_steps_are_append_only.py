from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


# The reason of a step is a person's words: it may be erased by law, and nothing else of the row moves with it.
SAME = ("id", "matter_id", "transition", "from_state", "to_state", "taken_at", "channel")
ERASING = " AND ".join(
    [
        "NEW.reason = ''",
        "COALESCE(NEW.taken_by_id, -1) = COALESCE(OLD.taken_by_id, -1)",
        *(f"NEW.{column} = OLD.{column}" for column in SAME),
    ]
)


def forwards(apps, editor):
    protect(editor, "matters_step", allow_update_when=ERASING)


def backwards(apps, editor):
    unprotect(editor, "matters_step")


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
