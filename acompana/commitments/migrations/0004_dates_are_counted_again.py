import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from acompana.kernel.append_only import protect, unprotect


def forwards(apps, editor):
    protect(editor, "commitments_recount")


def backwards(apps, editor):
    unprotect(editor, "commitments_recount")


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0003_pauses_and_transfers_are_append_only"),
        ("people", "0007_who_leaves_names_who_receives"),
    ]
    operations = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_away", models.BooleanField(help_text="the day was taken away; otherwise it was added")),
                ("was_due_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("recounted_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recounts",
                        to="commitments.commitment",
                    ),
                ),
                (
                    "holiday",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recounts", to="people.extraholiday"
                    ),
                ),
                (
                    "recounted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["recounted_at", "id"],
                "indexes": [models.Index(fields=["holiday", "due_at", "id"], name="commitment_recount_of_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_at", models.F("was_due_at")), _negated=True),
                        name="a_recount_moves_a_date",
                    )
                ],
            },
        ),
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
