from django.db import migrations, models

from acompana.kernel.append_only import protect, unprotect


def hold(apps, editor):
    """Every column is held, the new one too: the reason alone may be emptied, by law."""
    protect(editor, "matters_step", erases=("reason",))


def free(apps, editor):
    unprotect(editor, "matters_step")


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_steps_are_append_only")]
    operations = [
        migrations.RunPython(free, hold, elidable=False),
        migrations.AddField(
            model_name="step",
            name="recorded_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when it was registered, where it is told to have been earlier (INT-7)",
                null=True,
            ),
        ),
        migrations.RunPython(hold, free, elidable=False),
    ]
