"""The demo: open as somebody, move the clock, read what was sent; none of it in production."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from placements import clock, scheduler
from placements.outbox.catalogue import TEMPLATES

PAGES = ("/demo", "/demo/outbox", "/demo/messages", "/demo/compare")


def test_demo_opens_as_a_young_person_and_answers_with_one_press(demo, visit):
    person = visit().get("/demo")
    buttons = [words for form in person.page.forms for _, _, words in form.buttons]
    assert buttons[0] == "Answer as Jayden (1 press)"
    person.send("Answer as Jayden (1 press)")
    assert (person.status, person.here) == (200, "/me/offer")
    person.send("Yes, I want this")
    assert person.here == "/me/offer/yes"
    person.get("/demo").send("Open as Dawn Invented")
    assert (person.status, person.here) == (200, "/authority")


def test_demo_shows_a_receipt_in_at_most_four_sentences(demo, visit):
    text = visit().get("/demo").text
    assert "Why Jayden was offered this place" in text
    assert "Staff chose this place for you" in text


def test_demo_without_anybody_says_how_to_seed_it(clock_at, visit):
    text = visit().get("/demo").text
    assert "placements seed" in text


def test_demo_moves_the_clock_and_waits_for_the_worker(app, demo, plan_round, visit):
    plan_round("Summer", 1)
    person = visit().get("/demo")
    assert "catching up" not in person.text
    person.send("+1 day")
    assert clock.now().day == 2
    assert "The worker is catching up" in person.text
    assert '<meta http-equiv="refresh"' in person.html
    with app.app_context():
        assert scheduler.run_due() > 0
    assert "catching up" not in person.get("/demo").text
    person.send("+5 working days")
    assert clock.now().day == 9
    person.send("Next step")
    assert clock.now().day in (9, 16)


def test_demo_clock_without_a_step_ahead_says_so(demo, visit):
    person = visit().get("/demo").send("Next step")
    assert "No round has a step ahead" in person.text
    form = {"csrf_token": person.page.forms[0].fields["csrf_token"], "by": "back"}
    assert person.client.post("/demo/clock", data=form).status_code == 400


def test_demo_outbox_lists_messages_with_links_to_click_through(app, demo, visit, tmp_path):
    visitor = visit()
    assert "MAIL_SINK_DIR" in visitor.get("/demo/outbox").text
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_sink_dir=tmp_path)
    assert "Nothing was sent yet" in visitor.get("/demo/outbox").text
    letter = EmailMessage()
    letter["To"], letter["Subject"] = "jayden@mail.example", "You have an offer"
    letter["Date"] = "Mon, 01 Jun 2026 09:00:00 +0000"
    letter.set_content("Hello <b>Jayden</b>,\n\nhttp://127.0.0.1:8000/l/abc\n")
    (tmp_path / "one.eml").write_bytes(letter.as_bytes())
    visitor.get("/demo/outbox")
    assert "Email to jayden@mail.example: You have an offer" in visitor.text
    assert "/l/abc" in visitor.page.links
    assert "<b>Jayden" not in visitor.html


def test_demo_shows_every_message_as_its_reader_sees_it(demo, visit):
    text = visit().get("/demo/messages").text
    assert f"The {len(TEMPLATES)} messages" in text
    for words in ("Nobody said started", "You start tomorrow at 9am.", "Subject:", "{{"):
        assert (words in text) == (words not in ("Subject:", "{{"))


def test_demo_compare_without_a_round_says_so(demo, visit):
    assert "No round is out yet" in visit().get("/demo/compare").text


@pytest.mark.parametrize("url", PAGES)
def test_demo_is_404_in_production(app, demo, visit, url):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment="production")
    visitor = visit()
    assert visitor.get(url).status == 404
    assert visitor.client.post("/demo/as/operator").status_code in (400, 404)


def test_demo_opens_nobody_it_does_not_list(demo, visit):
    person = visit().get("/demo")
    token = {"csrf_token": person.page.forms[0].fields["csrf_token"]}
    assert person.client.post("/demo/as/somebody", data=token).status_code == 404
