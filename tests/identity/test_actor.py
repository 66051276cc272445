"""Who acts, by a statement written once, is who the models say at that moment (ROL-1…ROL-17, POR-10)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.forms.models import model_to_dict
from django.utils.timezone import localdate

from acompana.people.actors import NOBODY, Actor, actor_of
from acompana.people.models import Person, Role, RoleGrant, StaffMember
from acompana.people.operations import end_post, grant_role, record_absence, revoke_role
from acompana.people.queries import substitute_of
from tests.kept import made_once
from tests.permissions.world import World, build

kept_world = made_once(build)
DAY = timedelta(days=1)


@pytest.fixture
def world(db, kept_world: World) -> World:
    return deepcopy(kept_world)


def by_the_models(person: Person, on: date) -> Actor:
    """The actor as Django writes it from the models, anew."""
    in_force = Q(since_on__lte=on) & (Q(until_on=None) | Q(until_on__gte=on))
    staff = StaffMember.objects.select_related("office__region").filter(in_force, person=person).first()
    if staff is None:
        return Actor(person=person)
    slugs = RoleGrant.objects.filter(in_force, staff_member=staff).values_list("role__slug", flat=True)
    return Actor(person=person, staff_member=staff, roles=frozenset(slugs))


def assert_the_same(person: Person, on: date) -> Actor:
    actor, wanted = actor_of(person, on), by_the_models(person, on)
    assert (actor.person, actor.staff_member, actor.roles) == (wanted.person, wanted.staff_member, wanted.roles)
    assert actor.office_id == wanted.office_id
    member, expected = actor.staff_member, wanted.staff_member
    if member is not None and expected is not None:
        assert model_to_dict(member) == model_to_dict(expected)
        assert model_to_dict(member.office) == model_to_dict(expected.office)
        assert (member.office.region is None) == (expected.office.region is None)
        if expected.office.region is not None:
            assert model_to_dict(member.office.region) == model_to_dict(expected.office.region)
        assert not member._state.adding
        assert member.get_deferred_fields() == set()
    return actor


def test_the_whole_cast_on_any_day(world):
    today = localdate(world.now)
    first = StaffMember.objects.order_by("since_on").values_list("since_on", flat=True)[0]
    for person in world.cast.people.values():
        for on in (first - DAY, first, today, today + timedelta(days=400)):
            assert_the_same(person, on)
    held = {role for person in world.cast.people.values() for role in actor_of(person, today).roles}
    assert held == set(Role.objects.filter(grants__isnull=False).values_list("slug", flat=True))


def test_what_is_asked_says_all_that_pages_show(world, django_assert_num_queries):
    person = Person.objects.get(pk=world.cast["executive"].pk)
    with django_assert_num_queries(2):
        actor = actor_of(person, localdate(world.now))
        assert (actor.staff_member.office.region.iso, actor.staff_member.person) == ("CL-VS", person)
    with django_assert_num_queries(1):
        assert actor_of(world.cast["owner"], localdate(world.now)) == Actor(person=world.cast["owner"])


def test_who_is_absent_and_who_stands_in_keep_their_own_roles(world):
    today = localdate(world.now)
    away, instead = world.cast["executive"], world.cast["director"]
    record_absence(
        staff_member=away.staff_member,
        substitute=instead.staff_member,
        from_on=today,
        until_on=today + 2 * DAY,
        actor=world.cast.actor("director", world.now),
        now=world.now,
    )
    assert substitute_of(away, today) == instead.staff_member
    assert assert_the_same(away, today).roles == {"regional-executive"}
    assert assert_the_same(instead, today).roles == {"regional-director"}


def test_a_right_counts_from_the_next_question_on(world):
    today, boss = localdate(world.now), world.cast.actor("administrator", world.now)
    person = world.cast["executive"]
    member = person.staff_member
    role = Role.objects.get(slug="regional-director")
    grant = grant_role(staff_member=member, role=role, actor=boss, now=world.now)
    assert assert_the_same(person, today).has_role("regional-director")
    revoke_role(grant=grant, actor=boss, now=world.now)
    assert not assert_the_same(person, today).has_role("regional-director")
    end_post(staff_member=member, last_day=today, actor=boss, now=world.now)
    assert assert_the_same(person, today).is_staff
    assert not assert_the_same(person, today + DAY).is_staff


def test_nobody_is_nobody(db):
    assert actor_of(None, date(2026, 9, 16)) is NOBODY
    assert actor_of(AnonymousUser(), date(2026, 9, 16)) is NOBODY
    unsaved = Person(given_names="Sin", family_names="Guardar")
    assert actor_of(unsaved, date(2026, 9, 16)).staff_member is None
