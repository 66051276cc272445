"""Who acts for a company, as its record lists it: since when, on what basis, and who decides about it (INT-24)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from acompana.companies.models import Company, Mandate
from acompana.companies.permissions import may_decide_mandate
from acompana.people.actors import Actor
from acompana.shell.words import short_date, within_sentence

OPEN = (Mandate.State.ACTIVE, Mandate.State.LIMITED, Mandate.State.REQUESTED)
MEANWHILE = {
    Mandate.State.LIMITED: "Mientras tanto ve solo lo que escribe.",
    Mandate.State.REQUESTED: "Mientras tanto no ve nada de la empresa.",
}


@dataclass(frozen=True, slots=True)
class Access:
    """A person who acts for the company, or asks to. Without `href` its reader does not decide about it."""

    mandate: Mandate
    words: str
    href: str

    @property
    def holds(self) -> bool:
        return self.mandate.state == Mandate.State.ACTIVE


@dataclass(frozen=True, slots=True)
class Accesses:
    """Those of a company, who represents it first. `who_decides`: for a reader who may not, about some of them."""

    rows: tuple[Access, ...]
    who_decides: str

    @property
    def names(self) -> list[str]:
        """Who represents it."""
        return [row.mandate.person.full_name for row in self.rows if row.holds]


def accesses_of(company: Company, actor: Actor) -> Accesses:
    """One query, however many; give the company with its office."""
    found = Mandate.objects.filter(company=company, state__in=OPEN).select_related("person", "decided_by")
    rows = []
    for mandate in sorted(found, key=lambda one: (OPEN.index(Mandate.State(one.state)), one.requested_at, one.pk)):
        mandate.company = company
        decides = may_decide_mandate(actor, mandate)
        href = reverse("companies:mandate", args=[mandate.pk]) if decides else ""
        rows.append(Access(mandate, _words(mandate), href))
    others = any(not row.href for row in rows)
    return Accesses(tuple(rows), who_decides(company) if others else "")


def who_decides(company: Company) -> str:
    """Who gives and takes away its accesses, for who may not."""
    office = f"la {within_sentence(company.office.name)}" if company.office else "una oficina regional"
    return f"Los da y los quita quien representa a la empresa, o {office}."


def _words(mandate: Mandate) -> str:
    """Since when, on what basis and by whom; of one that waits, since when and what its person sees."""
    if mandate.state != Mandate.State.ACTIVE:
        return f"Lo pidió el {short_date(mandate.requested_at)}. {MEANWHILE[Mandate.State(mandate.state)]}"
    since = f"Desde el {short_date(mandate.decided_at or mandate.requested_at)}."
    basis = mandate.get_basis_display()
    by_somebody = mandate.basis in (Mandate.Basis.OFFICE, Mandate.Basis.REPRESENTATIVE) and mandate.decided_by
    who = f": {mandate.decided_by}" if by_somebody else ""
    return f"{since} {basis}{who}." if basis else since
