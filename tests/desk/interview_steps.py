"""What the tests of interviews do before they look."""

from __future__ import annotations

from datetime import timedelta

from acompana.demonstration.roads import give_answers, open_hour
from acompana.intake import operations as intake
from acompana.people.models import Office
from acompana.questionnaires.operations import start_response


def page_of(matter, page):
    return f"/escritorio/ingresos/{matter.number}/{page}/"


def arrange(matter, cast, now, mode="video", days=3):
    starts_at = open_hour(matter.office, now + timedelta(days=days)).replace(second=0, microsecond=0)
    return intake.arrange_interview(
        matter=matter, mode=mode, place="https://reunion.example/1", minutes=60, starts_at=starts_at,
        actor=cast.actor("executive", now), now=now,
    )  # fmt: skip


def video_call(now, link):
    day = open_hour(Office.objects.get(code="CL-VS"), now + timedelta(days=5)).strftime("%Y-%m-%dT10:30")
    return {"mode": "video", "place_video": link, "minutes": "60", "starts_at": day}


def meant(refused, data, *ticks):
    """What is sent once what the page asks again is meant."""
    asked_about = refused.context["form"]["asked_about"].value()
    return data | {"asked_about": asked_about} | dict.fromkeys(ticks, "on")


def typed(client, address, **more):
    """What the form of a page holds, as a browser would send it, with some of it changed."""
    answer = client.get(address)
    form = answer.context["form"]
    held = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in held.items() if value not in (None, "")}
    return data | {"saves": answer.context["saves"]} | more


def first_draft(contacted, cast, now, share=1.0):
    executive = cast.actor("executive", now)
    draft = start_response(
        instrument="interview", company=contacted.company, matter=contacted, actor=executive, now=now, again=True
    )
    give_answers(draft, share=share, actor=executive, now=now)
    return draft


def whole(client, address, **more):
    """The same as its script and its buttons send it: with the meeting, and what the page was opened with."""
    answer = client.get(address)
    meeting = answer.context["beside_form"]
    held = {bound.html_name: bound.field.widget.format_value(bound.value()) for bound in meeting}
    data = {name: value[0] if isinstance(value, list) else value for name, value in held.items() if value}
    return typed(client, address) | data | {"opened": answer.context["opened"]} | more
