from django.db import migrations

from acompana.kernel.append_only import protect, unprotect

# The words of an entry change once, to be erased by law, and then carry who erased them.
ERASING = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.body = '' AND NEW.erased_because <> '' "
    "AND NEW.entry_id = OLD.entry_id"
)


def forwards(apps, editor):
    protect(editor, "logbook_entry")
    protect(editor, "logbook_attachment")
    protect(editor, "logbook_entrytext", allow_update_when=ERASING)


def backwards(apps, editor):
    for table in ("logbook_entry", "logbook_attachment", "logbook_entrytext"):
        unprotect(editor, table)


class Migration(migrations.Migration):
    dependencies = [("logbook", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
