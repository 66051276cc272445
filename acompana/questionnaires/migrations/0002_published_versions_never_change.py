"""The database itself refuses to change what was published: answers keep the version they were given to (INT-9).

Drafts may still be deleted, so this is narrower than `kernel.append_only`. As there, a later migration that rebuilds the
table on SQLite must create the trigger again; a test would tell.
"""

from django.db import migrations

SENTENCE = "a published version never changes"

SQLITE = f"""
CREATE TRIGGER questionnaires_version_is_kept BEFORE UPDATE ON questionnaires_version
WHEN OLD.published_at IS NOT NULL AND (
    NEW.definition IS NOT OLD.definition OR NEW.instrument IS NOT OLD.instrument OR NEW.number IS NOT OLD.number
    OR NEW.title IS NOT OLD.title OR NEW.published_at IS NOT OLD.published_at
)
BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
"""

POSTGRES = f"""
CREATE FUNCTION questionnaires_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER questionnaires_version_is_kept BEFORE UPDATE ON questionnaires_version FOR EACH ROW
WHEN (OLD.published_at IS NOT NULL AND (
    NEW.definition IS DISTINCT FROM OLD.definition OR NEW.instrument IS DISTINCT FROM OLD.instrument
    OR NEW.number IS DISTINCT FROM OLD.number OR NEW.title IS DISTINCT FROM OLD.title
    OR NEW.published_at IS DISTINCT FROM OLD.published_at
))
EXECUTE FUNCTION questionnaires_keep_version();
"""


def create(apps, schema_editor):
    sql = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(sql)


def drop(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER questionnaires_version_is_kept" + (" ON questionnaires_version" if postgres else ""))
        if postgres:
            cursor.execute("DROP FUNCTION questionnaires_keep_version()")


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
