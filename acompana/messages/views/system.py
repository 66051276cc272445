"""For whoever operates the system: is it working, what waits, what failed."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from acompana.messages.operations import write_message
from acompana.messages.queries import state_of_the_system
from acompana.people.access import ActorRequest, staff_with


@staff_with("administrator")
@require_safe
def system(request: ActorRequest) -> HttpResponse:
    """The worker, the messages, the jobs and the schedule, in plain words."""
    state = state_of_the_system(request.now)
    context = {
        "system": state,
        "troubles_text": f"Hay {', '.join(state.troubles)}." if state.troubles else "",
        "mail_trouble": any(worker.mail_trouble for worker in state.workers),
    }
    return render(request, "messages/system.html", context)


@staff_with("administrator")
@require_POST
def trial(request: ActorRequest) -> HttpResponse:
    """Write a trial mail to the administrator who asks."""
    person = request.actor.person
    written = write_message(
        template="messages/trial",
        to_address=(person.email or "") if person else "",
        to_name=str(person),
        context={"asked_at": request.now},
        key=f"trial:{person.pk if person else 0}:{request.now:%Y%m%d%H%M}",
        now=request.now,
        person=person,
    )
    if written is None:
        notices.error(request, "Tu cuenta no tiene correo electrónico; agrégalo y vuelve a intentar.")
    else:
        notices.success(request, f"El correo de prueba a {written.to_address} está por enviarse.")
    return redirect("messages:system")
