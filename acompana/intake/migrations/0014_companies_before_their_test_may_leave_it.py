"""A company that stands at its form or its test goes on under the newest table, in which who says that it exports leaves
the test (INT-4). The tables since the first differ, from there on, only by steps that they add."""

from django.db import migrations

NEWEST = 4


def go_on_under_the_newest(apps, schema_editor):
    waiting = apps.get_model("matters", "Matter").objects.filter(kind="intake", lifecycle_version__lt=NEWEST)
    waiting.filter(state__in=("characterization", "self_test")).update(lifecycle_version=NEWEST)


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0013_regional_desks_of_every_body"),
        ("matters", "0003_steps_say_when_they_were_registered"),
    ]

    operations = [migrations.RunPython(go_on_under_the_newest, migrations.RunPython.noop)]
