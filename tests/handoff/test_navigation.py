"""Pages beside the console: who sees them in the bar, and what their base holds."""

from __future__ import annotations

import pytest

from handoff import navigation, rendering
from handoff.navigation import Entry
from handoff.rights import Right
from handoff.words import SCREEN
from tests.handoff.people import Bench


def test_every_entry_has_a_name_and_one_path() -> None:
    """A word of the catalogue each, no path twice."""
    assert {entry.word for entry in navigation.ENTRIES} <= SCREEN.catalogue.keys()
    paths = [entry.path for entry in navigation.ENTRIES]
    assert len(paths) == len(set(paths))


async def test_only_who_may_open_it_sees_a_page(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An advocate is not shown what a supervisor is."""
    shown = Entry("/invented", "page.console", Right.OPEN_ANY)
    monkeypatch.setattr(navigation, "ENTRIES", (shown,))
    seen = {}
    for name, role in (("River", "advocate"), ("Sage", "supervisor")):
        browser = await bench.advocate(name, role)
        pages = (await browser.get("/api/me")).json()["pages"]
        seen[role] = [page["path"] for page in pages]
    assert seen == {"advocate": [], "supervisor": ["/invented"]}


def test_macros_name_what_they_draw() -> None:
    """Fields have labels, hints and problems are tied to them, and words are escaped."""
    template = rendering._templates.from_string(
        '{% import "macros.html" as ui %}'
        '{{ ui.field("place", "A <b>", hint="H", problem="P") }}'
        '{{ ui.choice("kind", "K", [("a", "A"), ("b", "B")], "b") }}'
        '{{ ui.check("on", "C", true) }}'
        '{% call ui.table("T", ["x"]) %}<tr><td>1</td></tr>{% endcall %}'
    )
    drawn = template.render()
    for piece in (
        '<label for="place">A &lt;b&gt;</label>',
        'aria-describedby="place-hint place-problem" aria-invalid="true"',
        '<option value="b" selected>',
        " checked>",
        "<caption>T</caption>",
        '<th scope="col">x</th>',
    ):
        assert piece in drawn


async def test_touch_is_for_those_who_are_signed_in(bench: Bench) -> None:
    """It keeps a session, and gives none."""
    browser = await bench.advocate("River")
    bench.clock.forward(minutes=14)
    assert (await browser.post("/api/touch")).status_code == 204
    bench.clock.forward(minutes=14)
    assert (await browser.get("/api/me")).status_code == 200
    bench.clock.forward(minutes=16)
    assert (await browser.post("/api/touch")).status_code == 401
