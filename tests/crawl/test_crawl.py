"""Pages of every state are valid and well named; a seeded part of what `make crawl` looks at."""

import os

import pytest
from crawl.journal import Journal
from crawl.states import NOW, make_every_state
from crawl.valid import find_html_faults
from crawl.walk import walk
from web.visitor import Visitor

MOST_BYTES = 100 * 1024  # what is left of 150 KB without the styles
YOUNG_PEOPLE = ("application draft", "application withdrawn", "assignment offered")
YOUNG_PEOPLE += ("assignment confirmed", "assignment cancelled_by_employer", "checkpoint due")
LOOKED_AS = ("operator", "employer", "provider", *YOUNG_PEOPLE)
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>A - Placements, B</title></head>'
    "<body><main><h1>A</h1>{}</main></body></html>"
)
PLANTED = {
    "duplicate-attribute": '<p class="a" class="b">x</p>',
    "is there 2 times": '<p id="a">x</p><p id="a">y</p>',
    "which is not there": '<label for="nobody">x</label>',
    "is a p": '<label for="a">x</label><p id="a">y</p>',
    "unexpected-end-tag": "<p><div>x</div></p>",
    "div is right inside ul": "<ul><div>x</div></ul>",
    "div is inside span": "<span><div>x</div></span>",
    "button is inside a": '<a href="/"><button>x</button></a>',
    "an option has no words": '<select><option value=""></option></select>',
    "2 main headings": "<h1>C</h1>",
}


def test_a_good_page_has_no_fault():
    good = '<label for="a">x</label><input id="a"><ul><li><p>x</p></li></ul>'
    assert find_html_faults(PAGE.format(good)) == []


@pytest.mark.parametrize("words", PLANTED)
def test_a_planted_fault_is_found(words):
    found = find_html_faults(PAGE.format(PLANTED[words]))
    assert any(words in fault for fault in found), found


def test_a_heading_that_is_not_the_title_is_found():
    (fault,) = find_html_faults(PAGE.format("").replace("<h1>A", "<h1>C"))
    assert fault.startswith("the heading 'C' is not the title")


@pytest.mark.skipif("TEST_POSTGRESQL_URL" in os.environ, reason="pages are the same on both")
def test_pages_of_every_state_are_valid_and_well_named(app, clock_file):
    clock_file.write_text(NOW.isoformat())
    with app.app_context():
        lookers = [one for one in make_every_state() if one.name in LOOKED_AS]
    wrong, n_pages = [], 0
    for looker in lookers:
        visitor = Visitor(app).sign_in(looker.account_id)

        def read(url, visitor=visitor):
            visitor.get(url)
            return visitor.html if visitor.reply.mimetype == "text/html" else ""

        for visit in walk(app, looker.name, looker.first, read, each=1, room=looker.room):
            n_pages += 1
            faults = find_html_faults(visitor.html) if visitor.html.strip() else []
            faults += [f"status {visitor.status}"] if visitor.status >= 400 else []
            faults += ["too heavy"] if len(visitor.html) > MOST_BYTES else []
            wrong += [f"{looker.name} {visit.url}: {fault}" for fault in faults]
    print(f"{n_pages} pages")
    assert wrong == []


def test_a_crawl_goes_on_from_where_it_was_and_looks_again_at_what_was_wrong(tmp_path, capsys):
    path = tmp_path / "crawl.jsonl"
    journal = Journal(path)
    journal.keep("operator", "/authority", [])
    journal.keep("operator", "/authority/rounds", ["too wide"])
    assert "WRONG operator /authority/rounds: too wide" in capsys.readouterr().out
    assert journal.close(was_stopped=True) == 2
    again = Journal(path)
    assert again.knows("operator", "/authority")
    assert not again.knows("operator", "/authority/rounds")
    again.keep("operator", "/authority/rounds", [])
    assert again.close(was_stopped=False) == 0
