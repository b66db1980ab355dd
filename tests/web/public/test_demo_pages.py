"""The demo: open as somebody, move the clock, read what was sent; none of it in production."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from factories.records import make_application, make_candidate, make_placement, make_site
from sqlalchemy import select
from web.public.conftest import NOW

from placements import clock, scheduler
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.candidates import Provider
from placements.models.employers import Site
from placements.models.rounds import Plan
from placements.outbox.catalogue import TEMPLATES
from placements.services import plans, publishing, rounds, solving
from placements.services.demo.personas import DOORS
from placements.services.transactions import act

PAGES = ("/demo", "/demo/check", "/demo/people-to-try.csv", "/demo/outbox", "/demo/messages")


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


def test_demo_without_a_round_has_nothing_to_compare_or_check(demo, visit):
    visitor = visit()
    assert "placed in two ways" not in visitor.get("/demo").text
    assert "No round is out yet" in visitor.get("/demo/check").text


@pytest.fixture
def round_out(app, demo, clock_at):
    """A round that is out, with the plan of nearest places beside the one in use."""
    dates = tuple(NOW + timedelta(days=days) for days in (1, 2, 5))
    with app.app_context():
        add_ready_people()
        round_id = rounds.create_round(demo.staff, "Summer", dates, 7)
        rounds.open_round(demo.staff, round_id)
        rounds.lock_round(demo.staff, round_id)
        assert solving.solve_round(demo.staff, round_id)
        plans.solve_again(demo.staff, round_id, "nearest")
        round_ = rounds.get_round(SYSTEM, round_id)
        rounds.approve_round(demo.approver, round_id, round_.plan_hash, round_.snapshot_hash)
        clock_at(dates[2])
        publishing.publish_round(demo.staff, round_id)
    return round_id


@act
def add_ready_people():
    """Two people who both like the place that is farther off."""
    provider, site = db.session.scalars(select(Provider)).one(), db.session.get_one(Site, 1)
    far = make_placement(make_site(site.employer, latitude=52.49, longitude=-1.93), 2)
    for _ in range(2):
        make_application(make_candidate(), provider, choices=[far.reference])


def test_demo_sets_both_ways_side_by_side_and_says_where_nearest_is_better(round_out, visit):
    text = visit().get("/demo").text
    assert "placed in two ways" in text
    assert "Got their first choice 2 0" in text
    assert "Nearest is better here" in text


def test_demo_lets_the_checker_read_the_sealed_round(app, round_out, visit):
    text = visit().get("/demo/check").text
    assert "✓ Summer: the plan is what it says it is. Checked in" in text
    with app.app_context():
        act(edit_plan_by_hand)(round_out)
    text = visit().get("/demo/check").text
    assert "Summer: the checker found something wrong." in text
    assert "The sealed records do not give this plan any more." in text
    assert "✓" not in text


def edit_plan_by_hand(round_id):
    plan = db.session.scalars(select(Plan).where(Plan.round_id == round_id, Plan.chosen)).one()
    sealed = json.loads(plan.sealed)
    sealed["assignments"][0]["minutes_there"] += 1
    plan.sealed = json.dumps(sealed)


def test_check_gives_the_command_for_each_round_in_a_box_to_copy(round_out, visit):
    page = visit().get("/check").html
    command = f"python -m matching verify round-{round_out}.bundle.json.gz"
    assert f'readonly autocomplete="off" spellcheck="false" value="{command}"' in page
    assert f'for="command-{round_out}">Copy command: Summer' in page


def test_demo_shows_a_shift_that_no_bus_serves_and_whom_it_shuts_out(app, demo, visit):
    assert "no bus serves" not in visit().get("/demo").text
    with app.app_context():
        act(make_late_shift)()
    visitor = visit().get("/demo")
    assert "Night porter (invented), Birmingham" in visitor.text
    # Jayden has an offer already; Sana could ride there, and has no way home by bus.
    assert "1 people could travel there for 9am to 5pm. 0 can for these hours" in visitor.text
    assert 'aria-label="No bus or train runs when this shift ends' in visitor.html


def make_late_shift():
    site = db.session.get_one(Site, 1)
    far = make_site(site.employer, latitude=52.52, longitude=-1.98)
    shifts = [[weekday, 945, 1425] for weekday in range(4)]
    make_placement(far, 1, title="Night porter (invented)", shifts=shifts)


def test_demo_file_to_try_has_nine_rows_that_need_fixing(app, demo, visit):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment="demo")
    visitor = visit(demo.marcus_id).get("/provider/imports/new")
    assert "/demo/people-to-try.csv" in visitor.page.links
    file = visitor.client.get("/demo/people-to-try.csv").data
    visitor.send("Upload", file=(io.BytesIO(file), "people.csv"))
    assert "Ready to add 191 Already here 0 Need fixing 9" in visitor.text


def test_demo_says_where_a_message_that_was_sent_can_be_read(app, demo, visit):
    visitor = visit().get("/sign-in").send("Send me a link", address="ada@mail.example")
    assert (visitor.here, "/demo/outbox" in visitor.page.links) == ("/sign-in/sent", False)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment="demo")
    visitor.get("/sign-in/sent")
    assert visitor.page.links.count("/demo/outbox") == 2


def test_demo_bar_on_every_page_switches_person_and_moves_the_clock(app, demo, visit):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment="demo")
    person = visit().get("/help")
    person.send("+1 day")
    assert (clock.now().day, person.here) == (2, "/demo")
    form = visit().get("/help").page.forms[0]
    assert [words for _, _, words in form.buttons][:2] == list(DOORS.values())[:2]
    for key in DOORS:
        assert f'formaction="/demo/as/{key}"' in person.get("/help").html
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment="production")
    assert "/demo/as/" not in visit().get("/help").html


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
