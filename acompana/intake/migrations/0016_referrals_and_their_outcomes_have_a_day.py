from django.db import migrations, models
from django.db.models.functions import TruncDate


def take_the_day_of_noting(apps, schema_editor):
    """Until now the day of an outcome was the one on which it was noted."""
    noted = apps.get_model("intake", "Referral").objects.filter(outcome_at__isnull=False)
    noted.update(outcome_on=TruncDate("outcome_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0015_exporters_before_their_contact_may_go_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='outcome_on',
            field=models.DateField(blank=True, help_text='the day that it happened', null=True, verbose_name='fecha del resultado'),
        ),
        migrations.RunPython(take_the_day_of_noting, migrations.RunPython.noop),
    ]
