from django.db import migrations

from acompana.kernel.append_only import protect, unchanged, unprotect

TABLES = ("companies_mandate", "companies_validation", "companies_countingaction", "companies_assignment")


def forwards(apps, editor):
    # Who asked for which company, and when, never changes. While the request waits, it is decided and typed in. A
    # mandate in force keeps who gave it, until it ends; what was refused or ended stays.
    asked = unchanged(editor, "id", "company_id", "person_id", "requested_at")
    decided = unchanged(editor, "state", "basis", "decided_at", "decided_by_id", "reason")
    waits = "OLD.state IN ('requested', 'limited')"
    in_force = f"OLD.state = 'active' AND (({decided}) OR (NEW.state = 'ended' AND {unchanged(editor, 'basis')}))"
    protect(editor, "companies_mandate", f"{asked} AND (({waits}) OR ({in_force}))", erases=("reason",))
    protect(
        editor, "companies_validation", closes=("withdrawn_at", "withdrawn_by_id", "reason"), erases=("reason",)
    )
    protect(editor, "companies_countingaction")
    # Undoing an assignment in bulk takes its rows away and opens the former ones again; its change set tells of both.
    stays = unchanged(editor, "id", "company_id", "executive_id", "assigned_by_id", "since_at", "reason")
    protect(editor, "companies_assignment", stays, deletes=True)


def backwards(apps, editor):
    for table in TABLES:
        unprotect(editor, table)


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_consents_are_append_only")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
