"""Views of the list with a name, own and shared, and what is taken away as a file (EXP-3, EXP-4)."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.models import DefaultView, ListExport, SavedView
from acompana.companies.permissions import may_change_view, may_share_with_all, views_of
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor

MOST_VIEWS = 30


@verb
def save_view(
    *, name: str, share: str, query: str, actor: Actor, now: datetime, view: SavedView | None = None
) -> SavedView:
    """Keeps a question under a name, or changes a view that is there.

    Refused: a view of another person, a name that one has already, an office without which nobody may share with it,
    and a view for the whole agency by who does not work above the offices.
    """
    assert actor.person is not None
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused("Ponle un nombre a la vista.")
    if share not in SavedView.Share.values:
        raise Refused("Elige quién ve la vista.")
    if share == SavedView.Share.ALL and not may_share_with_all(actor):
        raise Refused(
            "Con toda la agencia comparten la Dirección nacional, Desarrollo estratégico, Gestión de clientes y la "
            "administración. Compártela con tu oficina o guárdala solo para ti."
        )
    if share == SavedView.Share.OFFICE and actor.office_id is None:
        raise Refused("No perteneces a una oficina: guarda la vista solo para ti.")
    if view is not None and not may_change_view(actor, view):
        raise Refused("Esta vista la cambia quien la guardó. Puedes guardar una tuya con otro nombre.")
    owner = view.owner if view is not None else actor.person
    same = SavedView.objects.select_for_update().filter(owner=owner, name=name)
    if (view and same.exclude(pk=view.pk).exists()) or (view is None and same.exists()):
        raise Refused(f"Ya tienes una vista que se llama «{name}».")
    if view is None and SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise Refused(f"Tienes {MOST_VIEWS} vistas. Borra una que ya no uses.")
    saved = view or SavedView(owner=owner)
    saved.name, saved.share, saved.query, saved.changed_at = name, share, query[:4000], now
    saved.office_id = actor.office_id if share == SavedView.Share.OFFICE else None
    saved.save()
    return saved


@verb
def delete_view(*, view: SavedView, actor: Actor) -> None:
    """Takes a view away, also from those whose list opened with it. Refused to others than may change it."""
    if not may_change_view(actor, view):
        raise Refused("La borra quien la guardó.")
    view.delete()


@verb
def open_with_view(*, view: SavedView | None, actor: Actor) -> None:
    """The person's list opens with this view from now on; with none, as it comes."""
    assert actor.person is not None
    if view is None:
        DefaultView.objects.filter(person=actor.person).delete()
        return
    if not views_of(actor).filter(pk=view.pk).exists():
        raise Refused("Esa vista ya no se comparte contigo.")
    DefaultView.objects.update_or_create(person=actor.person, defaults={"view": view})


def note_export(*, query: str, form: str, actor: Actor, now: datetime) -> ListExport:
    """Somebody takes rows away; how many is written when the last one was sent."""
    assert actor.person is not None
    return ListExport.objects.create(person=actor.person, exported_at=now, query=query[:4000], form=form)
