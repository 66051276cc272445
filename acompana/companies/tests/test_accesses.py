"""Requests of access as the desk decides them (INT-25)."""

from __future__ import annotations

from django.utils import timezone

from acompana.companies.models import Mandate
from acompana.companies.operations import register_company, request_mandate, update_characterization
from acompana.companies.tests.conftest import NOW, make_company, text_of


def test_accesses_are_resolved_with_what_was_typed_in_sight(as_carolina, luis, valparaiso):
    known = make_company("Viña Cerro Pardo Ltda.", address="Antes 1", region=valparaiso)
    mandate = register_company(
        rut=known.rut, legal_name="Viña Cerro Pardo SpA", person=luis.person, actor=luis, now=NOW, channel="portal"
    )
    update_characterization(company=known, version=known.version, values={"region": valparaiso}, actor=luis, now=NOW)
    assert "Luis Tapia" in text_of(as_carolina.get("/escritorio/empresas/accesos/"))
    page = f"/escritorio/empresas/accesos/{mandate.pk}/"
    shown = text_of(as_carolina.get(page))
    assert "Viña Cerro Pardo SpA" in shown
    assert "Valparaíso" in shown
    assert "Cambiar también la razón social a «Viña Cerro Pardo SpA»" in shown
    assert "Escribe por qué se rechaza" in text_of(as_carolina.post(page, {"decision": "refuse"}))
    as_carolina.post(page, {"decision": "grant"})
    assert Mandate.objects.get().state == "active"
    known.refresh_from_db()
    assert known.legal_name == "Viña Cerro Pardo Ltda."
    given = known.entries.get(fact="Se dio acceso para actuar por la empresa")
    assert given.channel == "system"  # at the desk, not in the portal (INT-25)
    # Who comes late reads what was decided, by whom and when, and not what would follow from a decision.
    late = text_of(as_carolina.post(page, {"decision": "refuse", "reason": "No trabaja ahí"}))
    assert "Mientras tanto otra persona lo resolvió" in late
    assert "Escribiste: «No trabaja ahí»" in late
    assert Mandate.objects.get().state == "active"
    mandate.refresh_from_db()
    at = timezone.localtime(mandate.decided_at)
    for told in (late, text_of(as_carolina.get(page))):
        assert f"{mandate.decided_by} le dio acceso el " in told
        assert f" a las {at:%H:%M}." in told
        assert "Mientras tanto ve" not in told
        assert "no ve nada" not in told
        assert 'name="decision"' not in told


def test_who_else_decides_an_access_is_seen(as_carolina, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    shown = text_of(as_carolina.get(f"/escritorio/empresas/accesos/{mandate.pk}/"))
    assert f'data-presence="/escritorio/empresas/{alto_roble.pk}/presencia/"' in shown
    assert '{"place": "access"}' in shown


def test_accesses_of_another_office_are_not_his(as_pedro, luis, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    assert "Luis Tapia" not in text_of(as_pedro.get("/escritorio/empresas/accesos/"))
    assert as_pedro.get(f"/escritorio/empresas/accesos/{mandate.pk}/").status_code == 403
