"""Views of the list with a name: who sees them, who changes them, and that none goes without being asked about."""

from __future__ import annotations

import pytest

from acompana.companies.models import DefaultView, SavedView
from acompana.companies.operations import save_view
from acompana.companies.tests.conftest import NOW, make_staff
from acompana.kernel.refusals import Refused

LIST = "/escritorio/empresas/"
BACKEND = "acompana.people.backends.Backend"


def keep(actor, name="Mías", share="own", query="ejecutivo=nadie", view=None):
    return save_view(name=name, share=share, query=query, actor=actor, now=NOW, view=view)


def test_a_view_is_seen_by_whom_it_is_shared_with(client, carolina, marta, pedro):
    keep(carolina, "Solo mía")
    keep(carolina, "De Valparaíso", "office")

    def tabs(actor):
        client.force_login(actor.person, backend=BACKEND)
        return client.get(LIST).content.decode()

    assert "Solo mía" in tabs(carolina)
    assert "Solo mía" not in tabs(marta)
    assert "De Valparaíso" in tabs(marta)
    assert "De Valparaíso" not in tabs(pedro)


def test_who_may_share_and_change(carolina, marta, pedro):
    for actor in (carolina, marta):  # a regional head is none of those whom the sentence names
        with pytest.raises(Refused, match="toda la agencia comparten la Dirección nacional"):
            keep(actor, share="all")
    view = keep(carolina, share="office")
    keep(marta, "Mías", "office", "estado=user", view)
    with pytest.raises(Refused, match="quien la guardó"):
        keep(pedro, "Mías", "office", "", view)
    with pytest.raises(Refused, match="Ya tienes"):
        keep(carolina)
    view.refresh_from_db()
    assert (view.query, view.owner) == ("estado=user", carolina.person)


def test_the_list_opens_with_the_chosen_view(as_carolina, carolina):
    answer = as_carolina.post(
        f"{LIST}vistas/nueva/", {"name": "Sin dueño", "share": "own", "query": "ejecutivo=nadie"}
    )
    view = SavedView.objects.get()
    assert answer["Location"] == f"{LIST}?ejecutivo=nadie&vista={view.pk}"
    as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "default"})
    assert as_carolina.get(LIST)["Location"] == f"{LIST}?ejecutivo=nadie&vista={view.pk}"
    assert as_carolina.get(LIST, {"vista": "todas"}).status_code == 200
    as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "no_default"})
    assert as_carolina.get(LIST).status_code == 200
    as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "delete"})
    assert not SavedView.objects.exists()
    assert not DefaultView.objects.exists()


def test_a_view_is_not_deleted_without_being_asked_about(as_carolina, carolina, marta):
    view = keep(carolina, "De Valparaíso", "office")
    DefaultView.objects.create(person=marta.person, view=view)
    shown = as_carolina.get(LIST, {"vista": view.pk}).content.decode()
    assert 'value="ask_delete">Borrar esta vista' in shown
    asked = as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "ask_delete"}).content.decode()
    assert "¿Borrar la vista «De Valparaíso»?" in asked
    assert f"La ven las personas de <strong>{view.office.name}</strong>" in asked
    assert "1 persona más abre «Empresas» con esta vista." in asked
    assert SavedView.objects.exists()
    as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "delete"})
    assert not SavedView.objects.exists()


def test_only_who_may_delete_a_view_is_asked(client, carolina, pedro):
    view = keep(make_staff("Jefa", "Uno", "CL-BI", "administrator"), "De todos", "all")
    client.force_login(pedro.person, backend=BACKEND)
    assert client.post(f"{LIST}vistas/{view.pk}/", {"do": "ask_delete"}).status_code == 403
    assert SavedView.objects.exists()


def test_a_view_of_others_is_not_there(as_carolina, pedro):
    view = keep(pedro)
    assert as_carolina.post(f"{LIST}vistas/{view.pk}/", {"do": "default"}).status_code == 404
