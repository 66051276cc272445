from django.db import migrations

from acompana.kernel.append_only import protect, unchanged, unprotect

TABLE = "intake_standing"
SAID = ("id", "matter_id", "segment", "colour", "reasons", "final_score", "since_at", "recorded_by_id")


def forwards(apps, editor):
    """Where there was no test, the points of the interview alone were kept as a final score: half of a sum."""
    apps.get_model("intake", "Intake").objects.filter(test=None, final_score__isnull=False).update(final_score=None)
    unprotect(editor, TABLE)
    without_test = apps.get_model("intake", "Standing").objects.filter(matter__intake__isnull=False, matter__intake__test=None)
    without_test.filter(final_score__isnull=False).update(final_score=None)
    protect(editor, TABLE, unchanged(editor, *SAID))


class Migration(migrations.Migration):
    dependencies = [("intake", "0017_a_referral_outcome_has_its_day")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop, elidable=False)]
