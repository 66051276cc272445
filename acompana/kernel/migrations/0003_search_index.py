"""The index that finds: made per database, since models cannot say it.

A later migration that makes Django rebuild kernel_searchrow on SQLite drops its triggers: run `manage.py reindex`
at its end, which makes them again.
"""

from django.db import migrations

from acompana.kernel.search.backends import FULL_TEXT, make_postgres_index, make_sqlite_index


def make_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            make_sqlite_index(cursor.execute)
        else:
            make_postgres_index(cursor.execute)


def drop_index(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            cursor.execute(f"DROP TABLE {FULL_TEXT}")
        else:
            cursor.execute("DROP FUNCTION acompana_normalise(text)")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_changes_and_search")]
    operations = [migrations.RunPython(make_index, drop_index)]
