"""What a company owes: on its page, and by token to who represents it, the same (INT-5)."""

from __future__ import annotations

from datetime import timedelta

from acompana.api.tests.conftest import Program
from acompana.commitments.operations import fulfil_by_hand
from acompana.desk.operations import agree_commitment
from acompana.kernel.clock import read_clock
from tests.permissions.world import World


def test_what_a_company_agreed_to_do_is_said_to_its_people(world: World, owner: Program, executive: Program) -> None:
    own, now = world.sides["own"].company, read_clock()
    officer = world.cast.actor("executive", now)

    def agree(what: str, debtor: str) -> int:
        return agree_commitment(
            company=own, what=what, debtor=debtor, due_at=now + timedelta(days=5), office=own.office, actor=officer,
            now=now,
        ).pk  # fmt: skip

    theirs, ours = agree("Enviar la ficha técnica", "company"), agree("Mandar el material", "person")
    page = f"/mi-empresa/{own.pk}/"
    shown = world.browser("owner").get(page).content.decode()
    assert "Lo que acordaste hacer" in shown
    assert "Enviar la ficha técnica" in shown
    assert "Mandar el material" not in shown
    assert [row["id"] for row in owner.get("/commitments", mine=True)["items"]] == [theirs]
    mine = {row["id"] for row in executive.get("/commitments", mine=True)["items"]}
    assert (ours in mine, theirs in mine) == (True, False)
    commitment = own.commitments.get(pk=theirs)
    fulfil_by_hand(commitment=commitment, because="Llegó", actor=officer, now=read_clock())
    assert "Lo que acordaste hacer" not in world.browser("owner").get(page).content.decode()
    assert owner.get("/commitments", mine=True)["items"] == []
