from django.db import migrations

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(editor, "companies_consent")


def backwards(apps, editor):
    unprotect(editor, "companies_consent")


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_company_capacity_seen_on_and_more")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
