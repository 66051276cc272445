from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from acompana.kernel.append_only import protect, unchanged, unprotect
from acompana.kernel.row_guards import guard, unguard

NAME = "a_company_is_merged_into_one_that_stands"
TABLE = "companies_company"
# Into one that was merged itself, or while others were merged into this one: chains and circles.
CHAIN = (
    f"EXISTS (SELECT 1 FROM {TABLE} o WHERE o.id = NEW.merged_into_id AND o.merged_into_id IS NOT NULL) "
    f"OR EXISTS (SELECT 1 FROM {TABLE} o WHERE o.merged_into_id = NEW.id)"
)


# What a merge writes on a row that meets its like, and by which its undoing knows it.
BY_MERGE = "Fusión de dos fichas de la empresa"
KEPT_TABLES = ("companies_mandate", "companies_validation", "companies_countingaction", "companies_assignment")


def forwards(apps, editor):
    guard(editor, table=TABLE, column="merged_into_id", name=NAME, refuse_when=CHAIN)
    for table in KEPT_TABLES:
        unprotect(editor, table)
    # As before (0004), and besides: a row goes whole to another company, with nothing else of it changed; what a merge
    # ended is open again when the merge is undone.
    asked = unchanged(editor, "id", "company_id", "person_id", "requested_at")
    decided = unchanged(editor, "state", "basis", "decided_at", "decided_by_id", "reason")
    waits = "OLD.state IN ('requested', 'limited')"
    in_force = f"OLD.state = 'active' AND (({decided}) OR (NEW.state = 'ended' AND {unchanged(editor, 'basis')}))"
    by_merge = f"OLD.state = 'ended' AND OLD.reason = '{BY_MERGE}' AND {unchanged(editor, 'basis', 'decided_by_id', 'entered')}"
    whole = unchanged(
        editor, "id", "person_id", "requested_at", "state", "basis", "decided_at", "decided_by_id", "reason"
    )
    protect(
        editor,
        "companies_mandate",
        f"({asked} AND (({waits}) OR ({in_force}) OR ({by_merge}))) OR ({whole})",
        erases=("reason",),
    )
    made = unchanged(editor, "id", "validated_at", "validated_by_id")
    whole = f"{made} AND {unchanged(editor, 'withdrawn_at', 'withdrawn_by_id', 'reason')}"
    by_merge = f"{made} AND {unchanged(editor, 'company_id')} AND OLD.reason = '{BY_MERGE}' AND NEW.withdrawn_at IS NULL"
    protect(
        editor,
        "companies_validation",
        f"({whole}) OR ({by_merge})",
        closes=("withdrawn_at", "withdrawn_by_id", "reason"),
        erases=("reason",),
    )
    whole = unchanged(editor, "id", "kind", "done_on", "registered_by_id", "registered_at")
    protect(editor, "companies_countingaction", whole)
    stays = unchanged(editor, "id", "executive_id", "assigned_by_id", "since_at", "reason")
    same_company, same_end = unchanged(editor, "company_id"), unchanged(editor, "until_at")
    protect(
        editor, "companies_assignment", f"{stays} AND (({same_company}) OR ({same_end}))", deletes=True
    )


def backwards(apps, editor):
    unguard(editor, table=TABLE, name=NAME)
    for table in KEPT_TABLES:
        unprotect(editor, table)
    before = import_module("acompana.companies.migrations.0004_mandates_and_facts_are_append_only")
    before.forwards(apps, editor)


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0005_consents_say_how_and_which_words'),
        ('kernel', '0004_sent_forms'),
        ('people', '0002_load_offices_and_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompanyPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Por revisar'), ('rejected', 'No son la misma'), ('merged', 'Fusionadas')], default='open', max_length=8)),
                ('source', models.CharField(choices=[('search', 'La encontró el sistema'), ('person', 'La propuso una persona')], default='search', max_length=6)),
                ('points', models.PositiveSmallIntegerField(default=0, help_text='how much speaks for it, 0 to 100')),
                ('is_certain', models.BooleanField(default=False, help_text='exact evidence: may be joined without a person')),
                ('evidence', models.JSONField(default=list, help_text='rows of kind, text, points and value')),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(help_text='when a search last found it')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('change_set', models.ForeignKey(blank=True, help_text='the merge; or, of a rejected pair, the merge by which it came from a company that is no more', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.changeset')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairs_as_first', to='companies.company')),
                ('office', models.ForeignKey(blank=True, help_text='of the one that the agency knows better; for the filter', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.office')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairs_as_second', to='companies.company')),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-points', 'id'], name='pair_state_most_certain'), models.Index(fields=['state', 'office', '-points', 'id'], name='pair_state_office'), models.Index(fields=['state', 'found_at', 'id'], name='pair_state_oldest'), models.Index(fields=['state', 'office', 'found_at', 'id'], name='pair_state_office_oldest')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='two_companies_are_one_pair'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='a_pair_is_told_in_one_order'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(models.Q(('reason', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='a_rejected_pair_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'merged'), _negated=True), ('change_set__isnull', False), _connector='OR'), name='a_merged_pair_can_be_undone'), models.CheckConstraint(condition=models.Q(('points__lte', 100)), name='certainty_ends_at_a_hundred')],
            },
        ),
        migrations.CreateModel(
            name='PairSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('reading', 'Leyendo las empresas'), ('pairing', 'Buscando qué tienen en común'), ('judging', 'Comparando'), ('joining', 'Uniendo lo que es exacto'), ('done', 'Terminó'), ('stopped', 'Quedó a medias')], default='reading', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('companies', models.PositiveIntegerField(default=0)),
                ('compared', models.PositiveIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0, help_text='pairs on the list when it ended')),
                ('joined', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('alive_at', models.DateTimeField(help_text='when it last said how far it is')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('running', models.BooleanField(default=True, help_text='true while it runs, then empty', null=True)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('running',), name='one_search_runs_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('running', True)), models.Q(('finished_at__isnull', False), ('running', None)), _connector='OR'), name='a_search_runs_until_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='WaitingMatch',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='waiting_match', serialize=False, to='companies.company')),
                ('noted_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['noted_at'], name='waiting_match_oldest')],
            },
        ),
        migrations.AddField(
            model_name='contact',
            name='same_as',
            field=models.ForeignKey(blank=True, db_index=False, help_text='a merge found this human twice; this row keeps its history and is no longer written to', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='also_known_as', to='companies.contact', verbose_name='es la misma persona que'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('same_as__isnull', False)), fields=['same_as'], name='contact_same_as'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('same_as', None), models.Q(models.Q(('same_as', models.F('id')), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='a_contact_known_twice_is_written_to_once'),
        ),
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
