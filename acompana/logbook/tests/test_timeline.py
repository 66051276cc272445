"""One timeline per company (EXP-6), with who may see what inside the query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from acompana.companies.models import Company, Contact, Mandate
from acompana.kernel.changes import open_change_set
from acompana.kernel.past_days import FIRST_YEAR, TOO_EARLY
from acompana.kernel.refusals import Refused
from acompana.logbook.operations import EARLIEST, TEXT_LIMIT, note_merge, record_entry
from acompana.logbook.queries import merged_ids, timeline
from acompana.people.actors import NOBODY, Actor
from acompana.people.models import Office, Person, StaffMember

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office.objects.get(code="CL-VS")


def person(name: str) -> Person:
    return Person.objects.create(given_names=name, joined_at=NOW)


def staff(name: str, office: Office, *roles: str) -> Actor:
    member = StaffMember.objects.create(person=person(name), office=office, since_on=NOW.date())
    return Actor(person=member.person, staff_member=member, roles=frozenset(roles))


def company_called(name: str, office: Office, **fields) -> Company:
    return Company.objects.create(
        legal_name=name, country_id=office.country_id, office=office, created_at=NOW, **fields
    )


def write(company, visibility, actor=NOBODY, **fields):
    return record_entry(
        kind="note", fact=visibility, actor=actor, now=NOW, company=company, channel="phone", visibility=visibility,
        **fields,
    )  # fmt: skip


def facts_seen(actor, company):
    return {entry.fact for entry in timeline(actor=actor, company=company)}


class TestWhoSeesWhat:
    @pytest.fixture
    def company(self, office):
        self.executive = staff("Carolina", office, "regional-executive")
        company = company_called("Alto Roble", office, executive=self.executive.person)
        for visibility in ("staff", "responsible", "company"):
            write(company, visibility)
        return company

    def test_the_executive_and_the_head_of_the_office_see_all(self, company, office):
        assert facts_seen(self.executive, company) == {"staff", "responsible", "company"}
        assert facts_seen(staff("Marta", office, "regional-director"), company) == {"staff", "responsible", "company"}

    def test_the_rest_of_the_agency_all_but_what_is_for_the_responsible(self, company, office):
        assert facts_seen(staff("Otra", office, "regional-executive"), company) == {"staff", "company"}
        elsewhere = Office.objects.get(code="CL-BI")
        assert facts_seen(staff("Jefe", elsewhere, "regional-director"), company) == {"staff", "company"}

    def test_who_wrote_it_sees_it(self, company, office):
        author = staff("Autora", office, "cpe-executive")
        write(company, "responsible", actor=author)
        assert facts_seen(author, company) == {"staff", "responsible", "company"}

    def test_the_company_sees_what_is_for_it_and_a_rival_nothing(self, company, office):
        ana, luis = person("Ana"), person("Luis")
        Mandate.objects.create(company=company, person=ana, state="active", requested_at=NOW)
        rival = company_called("Cerro Pardo", office)
        Mandate.objects.create(company=rival, person=luis, state="active", requested_at=NOW)
        assert facts_seen(Actor(person=ana), company) == {"company"}
        assert facts_seen(Actor(person=luis), company) == set()
        assert facts_seen(NOBODY, company) == set()

    @pytest.mark.parametrize("state", ["requested", "limited", "refused", "ended"])
    def test_a_mandate_that_is_not_active_shows_only_what_the_person_wrote(self, company, state):
        ana = person("Ana")
        Mandate.objects.create(company=company, person=ana, state=state, requested_at=NOW)
        assert facts_seen(Actor(person=ana), company) == set()
        write(company, "company", actor=Actor(person=ana))
        assert timeline(actor=Actor(person=ana), company=company).count() == 1


class TestMergedCompanies:
    def test_share_one_timeline_from_whichever_of_them_it_is_asked(self, office):
        kept = company_called("Alto Roble", office)
        merged = company_called("Alto Roble SpA", office, merged_into=kept)
        before = company_called("Conservas Alto Roble", office, merged_into=kept)
        other = company_called("Otra", office)
        for company in (kept, merged, before, other):
            write(company, "staff")
        actor = staff("Carolina", office)
        assert merged_ids(before) == sorted([kept.pk, merged.pk, before.pk])
        for company in (kept, merged, before):
            assert timeline(actor=actor, company=company).count() == 3
        assert timeline(actor=actor, company=other).count() == 1

    def test_the_people_of_the_company_see_what_the_merged_one_left(self, office):
        kept = company_called("Alto Roble", office)
        write(company_called("Alto Roble SpA", office, merged_into=kept), "company")
        ana = person("Ana")
        Mandate.objects.create(company=kept, person=ana, state="active", requested_at=NOW)
        assert timeline(actor=Actor(person=ana), company=kept).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.one_database
def test_the_queries_do_not_grow_with_the_rows(office, rows, django_assert_num_queries):
    company = company_called("Alto Roble", office)
    actor = staff("Carolina", office)
    for _ in range(rows):
        write(company, "staff", actor=actor, text="Palabras")
    with django_assert_num_queries(3):
        entries = list(timeline(actor=actor, company=company))
        assert [(entry.text.body, entry.author.given_names) for entry in entries] == [("Palabras", "Carolina")] * rows


class TestRecording:
    def test_newest_first_by_when_it_happened(self, office):
        company = company_called("Alto Roble", office)
        write(company, "staff", happened_at=NOW - timedelta(days=2))
        write(company, "company", happened_at=NOW - timedelta(days=1))
        actor = staff("Carolina", office)
        assert [entry.fact for entry in timeline(actor=actor, company=company)] == ["company", "staff"]

    def test_the_future_is_refused(self, office):
        with pytest.raises(Refused, match="lo que ya pasó"):
            write(company_called("A", office), "staff", happened_at=NOW + timedelta(hours=1))

    def test_a_year_typed_wrong_is_refused_as_everywhere(self, office):
        assert EARLIEST.year == FIRST_YEAR
        company = company_called("A", office)
        with pytest.raises(Refused, match=TOO_EARLY) as refused:
            write(company, "staff", happened_at=EARLIEST - timedelta(seconds=1))
        assert refused.value.field == "happened_at"
        assert write(company, "staff", happened_at=EARLIEST).happened_at == EARLIEST

    def test_a_text_without_end_is_refused(self, office):
        with pytest.raises(Refused, match=r"20\.000"):
            write(company_called("A", office), "staff", text="x" * (TEXT_LIMIT + 1))

    def test_a_contact_of_another_company_is_refused(self, office):
        contact = Contact.objects.create(company=company_called("B", office), name="Berta")
        with pytest.raises(Refused, match="no es de esta empresa"):
            write(company_called("A", office), "staff", contact=contact)

    def test_the_office_is_that_of_who_writes(self, office):
        entry = write(company_called("A", office), "staff", actor=staff("Carolina", office))
        assert entry.office == office


def test_a_name_with_a_full_stop_of_its_own_ends_its_sentence_with_one(office):
    kept, gone = company_called("Uvas", office), company_called("Aceites Ltda.", office)
    change_set = open_change_set(kind="merge", title="Fusión", person_id=None, now=NOW)
    note_merge(kept, gone, change_set, NOBODY, NOW)
    assert kept.entries.get().fact == "Se unió a esta la ficha de Aceites Ltda."
