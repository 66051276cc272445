"""Two officers at one draft of an interview: saving second merges, and nothing is kept by itself over another (EXP-13,
INT-23)."""

from __future__ import annotations

import json

from acompana.logbook.models import Entry
from acompana.questionnaires.queries import answers_of, draft_of
from tests.desk.interview_steps import arrange, page_of, typed, whole

HERS, MINE = "Traer la lista de precios.", "La planta estaba detenida."
KEEP = {"headers": {"X-Autosave": "1"}}


def draft_at(matter):
    return draft_of(instrument="interview", company=matter.company, matter=matter)


def shown(answer):
    """What the form of an answer would send, as `whole` sends it."""
    form, meeting = answer.context["form"], answer.context["beside_form"]
    data = {bound.html_name: bound.value() for one in (form, meeting) for bound in one}
    marks = {name: answer.context[name] for name in ("saves", "opened")}
    compared = {"compared": "1"} if 'name="compared"' in answer.content.decode() else {}
    return {name: value for name, value in (data | marks | compared).items() if value not in (None, "", [])}


def test_nothing_is_kept_by_itself_over_another_before_its_person_saved(enter, cast, contacted):
    """Whatever is typed on after a refusal, and whatever its script sends: only a button goes through."""
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = whole(second, address, seen=MINE)
    hers = whole(first, address, next_steps=HERS, honesty="differences")
    assert first.post(address, hers, **KEEP).status_code == 200
    refused = second.post(address, mine | {"save": ""})
    assert refused.status_code == 422
    typed_on = shown(refused) | {"seen": f"{MINE} Sigue."}
    for _ in range(2):
        kept = second.post(address, typed_on, **KEEP)
        assert (kept.status_code, "presiona «Guardar borrador»" in kept.json()["reason"]) == (409, True)
    draft = draft_at(contacted)
    assert (answers_of(draft)["next_steps"], draft.saved_by) == (HERS, cast["executive"])
    # A result that is sent and still lacks something decides nothing either.
    lacking = second.post(address, typed_on | {"finish": ""})
    assert lacking.status_code == 422
    assert second.post(address, shown(lacking), **KEEP).status_code == 409
    assert second.post(address, shown(lacking) | {"save": ""}).status_code == 302
    assert draft_at(contacted).saved_by == cast["director"]


def test_saving_again_merges_what_two_wrote(enter, cast, contacted, now):
    """What the second did not touch is as the first left it: her blanks take nothing back."""
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    arrange(contacted, cast, now)
    mine = whole(second, address, seen=MINE)
    assert first.post(address, whole(first, address, next_steps=HERS, honesty="differences", mode="visit", save=""))
    refused = second.post(address, mine | {"save": ""})
    page = refused.content.decode()
    assert "Lo que tú no cambiaste ya está abajo como quedó guardado" in page
    assert "Lo que tú cambiaste no lo cambió nadie más" in page
    assert refused.context["pairs"] == ()
    assert refused.context["beside_form"]["mode"].value() == "visit"
    assert second.post(address, shown(refused) | {"save": ""}).status_code == 302
    kept, draft = answers_of(draft_at(contacted)), draft_at(contacted)
    assert (kept["next_steps"], kept["honesty"], kept["seen"]) == (HERS, "differences", MINE)
    assert draft.besides["mode"] == "visit"
    assert not Entry.objects.filter(kind="note", matter=contacted).exists()


def test_what_both_wrote_is_side_by_side_and_what_is_lost_stays_in_the_logbook(enter, cast, contacted):
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = whole(second, address, next_steps=MINE)
    assert first.post(address, whole(first, address, next_steps=HERS, honesty="differences", save=""))
    refused = second.post(address, mine | {"save": ""})
    assert [(both.stored, both.typed) for both in refused.context["pairs"]] == [(HERS, MINE)]
    assert second.post(address, shown(refused) | {"save": ""}).status_code == 302
    kept = answers_of(draft_at(contacted))
    assert (kept["next_steps"], kept["honesty"]) == (MINE, "differences")
    trace = Entry.objects.get(kind="note", matter=contacted)
    assert (trace.author, trace.visibility) == (cast["director"], "staff")
    assert str(cast["executive"].full_name) in trace.text.body
    assert HERS in trace.text.body


def test_what_was_kept_by_itself_is_what_the_page_stands_on(enter, cast, contacted):
    """What one wrote and kept, and another changed since, is not one's own change."""
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = whole(second, address, next_steps=MINE)
    kept = second.post(address, mine, **KEEP).json()
    assert json.loads(kept["opened"])["next_steps"] == [MINE]
    assert first.post(address, whole(first, address, next_steps=HERS, save="")).status_code == 302
    mine |= {"saves": kept["saves"], "opened": kept["opened"], "seen": "Algo más."}
    refused = second.post(address, mine | {"save": ""})
    assert refused.status_code == 422
    assert (refused.context["pairs"], refused.context["form"]["next_steps"].value()) == ((), HERS)


def test_a_page_that_does_not_say_what_it_was_opened_with_shows_both(enter, cast, contacted):
    first, second, address = enter(cast["executive"]), enter(cast["director"]), page_of(contacted, "entrevista")
    mine = typed(second, address, next_steps=MINE, save="")
    assert first.post(address, typed(first, address, next_steps=HERS, save="")).status_code == 302
    assert [(both.stored, both.typed) for both in second.post(address, mine).context["pairs"]] == [(HERS, MINE)]
