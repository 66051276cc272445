"""The command that prints a token: whose it is, and what it does not take, in one language."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from acompana.api.models import ApiToken
from acompana.api.tests.conftest import Program
from acompana.kernel.clock import read_clock
from acompana.people.models import Person, StaffMember
from tests.permissions.world import World


def test_it_prints_a_token_and_says_beside_it_whose(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    executive = world.cast["executive"]
    call_command("api_token", executive.email, "--scopes", "read")
    printed = capsys.readouterr()
    told = Program(printed.out.strip()).get("/me")
    assert told["person"]["id"] == executive.pk
    assert "logbook:write" not in told["scopes"]
    assert printed.err.strip() == f"The token of {executive.full_name} <{executive.email}>:"
    call_command("api_token", "--system", "Aduanas")
    assert capsys.readouterr().err.strip() == "The token of the system Aduanas:"


def test_a_number_is_taken_where_it_is_one_persons(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs know people by their id, the screens staff by another: of two who share one nobody is guessed."""
    office, now = world.cast["executive"].staff_member.office, read_clock()

    def person(number: int, *, page: int | None = None) -> Person:
        made = Person.objects.create(pk=number, email=f"{number}@agencia.example", family_names="Soto", joined_at=now)
        if page is not None:
            StaffMember.objects.create(pk=page, person=made, office=office, since_on=localdate(now))
        return made

    alone, two, other = person(70_001, page=70_009), person(70_002, page=70_003), person(70_003)
    for number, whose in ((70_001, alone), (70_009, alone), (70_002, two)):
        call_command("api_token", str(number))
        assert whose.email in capsys.readouterr().err
    tokens = ApiToken.objects.count()
    with pytest.raises(CommandError) as refused:
        call_command("api_token", "70003")
    assert two.email in str(refused.value)
    assert other.email in str(refused.value)
    assert ApiToken.objects.count() == tokens


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("nadie@nada.example",), "Nobody active has"),
        ((), "Say a person"),
        (("{email}", "--days", "0"), "at least one day"),
        (("{email}", "--days", "366"), "at most 365"),
        (("{email}", "--days", "999999999999"), "at most 365"),
        (("{email}", "--scopes", "todo"), "There is no scope “todo”"),
        (("{email}", "--scopes", ","), "There is no scope"),
        (("{email}", "--name", " "), "Say what the token is for"),
    ],
)
def test_what_it_does_not_take_is_said_in_english(world: World, asked: tuple[str, ...], told: str) -> None:
    email = world.cast["executive"].email
    with pytest.raises(CommandError, match=told):
        call_command("api_token", *(part.format(email=email) for part in asked))
    assert not ApiToken.objects.exists()
