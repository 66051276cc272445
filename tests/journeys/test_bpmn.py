"""The BPMN export of a process opens in bpmn-js without warnings, each shape matching a row of the page's tables."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from acompana.kernel.clock import read_clock
from acompana.kernel.lifecycle import all_lifecycles, get_lifecycle
from acompana.people.models import Office, Person, StaffMember
from acompana.progress.tests.conftest import WALK, facts, walk  # noqa: F401  the fixtures

VIEWER = Path(__file__).parents[1] / "browser" / "vendor" / "bpmn-viewer.production.min.js"
KINDS = [*(table.kind for table in all_lifecycles()), WALK.kind]
READ_ROWS = """() => ({
    states: [...document.querySelectorAll('#estados [data-state]')].map(
        row => [row.dataset.state, 'final' in row.dataset]),
    steps: [...document.querySelectorAll('#pasos [data-transition]')].map(
        row => [row.dataset.transition, row.dataset.source.split(' ').filter(Boolean), row.dataset.mode]),
})"""
IMPORT = """async xml => {
    const viewer = new BpmnJS({container: '#canvas'});
    const {warnings} = await viewer.importXML(xml);
    const around = /^(Collaboration|Participant|Lane)/;
    const shapes = viewer.get('elementRegistry').filter(e => e.type !== 'label' && !around.test(e.id));
    return {
        warnings: warnings.map(warning => warning.message),
        shapes: shapes.map(e => [e.id, e.type.replace('bpmn:', ''), e.businessObject.name || '']),
    };
}"""

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.usefixtures("ground", "walk"),
]


@pytest.fixture
def visitor(browser, live_server):
    """A page of somebody of the agency who entered."""
    person = Person.objects.create(given_names="Elena", family_names="Vidal", joined_at=read_clock())
    StaffMember.objects.create(person=person, office=Office.objects.get(code="CL-CENTRAL"), since_on=date(2025, 1, 1))
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "acompana.people.backends.Backend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    context = browser.new_context(base_url=live_server.url, locale="es-CL")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
    context.add_cookies([cookie])
    return context.new_page()


def expected_shapes(rows) -> Counter[str]:
    """What the ADR makes of the rows of the page: the ids of the shapes."""
    shapes = Counter(["Start"])
    out = Counter(source for _, sources, mode in rows["steps"] if mode != "timed" for source in sources)
    for slug, is_final in rows["states"]:
        shapes[("End_" if is_final else "Task_") + slug] += 1
        if out[slug] > 1:
            shapes.update([f"Gateway_{slug}", f"Flow_{slug}"])
    openings = [name for name, sources, _ in rows["steps"] if not sources] or ["open"]
    shapes.update(f"Flow_{name}." for name in openings)
    for name, sources, mode in rows["steps"]:
        for source in sources:
            shapes[f"Flow_{name}.{source}"] += 1
            if mode == "timed":
                shapes[f"Timer_{name}.{source}"] += 1
    return shapes


@pytest.mark.parametrize("kind", KINDS)
def test_opens_in_bpmn_js_without_warnings_and_row_by_row(kind, visitor):
    visitor.goto(reverse("progress:lifecycle", args=[kind]))
    rows = visitor.evaluate(READ_ROWS)
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Bajar en BPMN 2.0").click()
    xml = Path(download.value.path()).read_text()

    viewer = visitor.context.new_page()
    viewer.set_content('<div id="canvas" style="width: 1200px; height: 700px"></div>')
    viewer.add_script_tag(path=VIEWER)
    opened = viewer.evaluate(IMPORT, xml)

    assert opened["warnings"] == []
    assert Counter(shape for shape, _, _ in opened["shapes"]) == expected_shapes(rows)
    labels = {state.slug: state.label for state in get_lifecycle(kind).states}
    named = {shape: name for shape, kind_, name in opened["shapes"] if kind_ in ("UserTask", "EndEvent")}
    assert sorted(named.values()) == sorted(labels.values())
