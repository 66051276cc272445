"""The limit of a token over several processes."""

from __future__ import annotations

from acompana.api import rate
from acompana.api.tests.conftest import Program, new_token
from tests.permissions.world import World


def test_the_limit_holds_over_processes(world: World) -> None:
    program = Program(new_token(world.cast["executive"], rate=40), raises=False)
    answers = []
    for number in range(45):
        if number % 7 == 0:
            rate.forget()  # another process, which knows nothing of this one's lease
        answers.append(program("GET", "/me"))
    passed = [answer for answer in answers if answer.status_code == 200]
    stopped = [answer for answer in answers if answer.status_code == 429]
    minutes = {int(answer["RateLimit-Reset"]) for answer in passed}
    if max(minutes) - min(minutes) < 50:  # all in one minute
        assert 30 <= len(passed) <= 40
        assert stopped
        assert stopped[0].json()["type"] == "/api/v1/docs#too-many"
        assert 1 <= int(stopped[0]["Retry-After"]) <= 60
        assert passed[0]["RateLimit-Limit"] == "40"


def test_what_is_left_is_never_said_to_be_more_than_there_is(world: World) -> None:
    """Two processes by turns, each of which knows its own lease alone."""
    program = Program(new_token(world.cast["executive"], rate=400), raises=False)
    leases: list[dict[int, rate.Lease]] = [{}, {}]
    answers = []
    for number in range(30):
        rate.forget()
        rate._leases.update(leases[number % 2])
        answers.append(program("GET", "/me"))
        leases[number % 2] = dict(rate._leases)
    left = [int(answer["RateLimit-Remaining"]) for answer in answers]
    seconds = [int(answer["RateLimit-Reset"]) for answer in answers]
    if seconds == sorted(seconds, reverse=True):  # all in one minute
        assert all(said <= 400 - number - 1 for number, said in enumerate(left)), left
