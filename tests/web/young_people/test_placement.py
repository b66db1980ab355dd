"""The first day: what to sign, "I am here", and something wrong."""

import re

from sqlalchemy import select
from web.young_people.conftest import FIRST_DAY, LATER

from placements.extensions import db
from placements.models.audit import Event


def test_agreement_is_signed_once_and_says_who_is_waited_for(world, jayden):
    world.confirm(signed=())
    jayden.get("/me")
    assert "Sign the agreement" in jayden.text
    jayden.get("/me/placement")
    assert "You must not start before all have signed" in jayden.text
    # There at 9am, a walk away, with ten minutes to spare.
    assert re.search(r"Leave home by 8:[34][05]am, \d+ minutes there and \d+ back", jayden.text)
    jayden.send("Sign")
    assert (jayden.status, jayden.here) == (200, "/me/placement")
    assert "You : signed on" in jayden.text or "You: signed on" in jayden.text
    assert "We still wait for the employer, the provider to sign" in jayden.get("/me").text


def test_i_am_here_starts_the_placement_on_day_one(world, jayden, visit):
    world.confirm()
    jayden.get("/me/placement").send("Sign")
    assert "I am here" not in jayden.get("/me/placement").text
    world.clock_at(FIRST_DAY)
    jayden = visit(world.account_id, world.hat_key)
    assert "Your first day is here" in jayden.get("/me").text
    jayden.get("/me/placement").send("I am here")
    assert (jayden.here, world.state) == ("/me/placement", "started")
    assert "You have started" in jayden.get("/me").text


def test_i_am_here_before_all_have_signed_is_refused_in_words(world, jayden, visit):
    world.confirm(signed=("employer",))
    jayden.get("/me/placement").send("Sign")
    world.clock_at(FIRST_DAY)
    jayden = visit(world.account_id, world.hat_key)
    jayden.get("/me/placement").send("I am here")
    assert (jayden.status, world.state) == (409, "confirmed")
    assert "must not start before all have signed" in jayden.text
    assert "the provider" in jayden.text


def test_i_am_here_for_somebody_else_is_404(world, jayden, visit):
    world.confirm()
    jayden.get("/me/placement").send("Sign")
    world.clock_at(FIRST_DAY + LATER)
    jayden, sana = visit(world.account_id, world.hat_key), visit(world.other_account_id)
    jayden.get("/me/placement")
    form = next(form for form in jayden.page.forms if form.action == "/me/placement/here")
    sana.get("/me/places")
    token = sana.page.forms[0].fields["csrf_token"]
    fields = {**form.fields, "csrf_token": token}
    assert sana.client.post("/me/placement/here", data=fields).status_code == 404
    assert world.state == "confirmed"


def test_something_wrong_shows_people_to_call_first_and_tells_staff(world, jayden):
    world.confirm()
    jayden.get("/me/placement/wrong")
    for words in ("In danger now? Call", "999", "Leave this page quickly", "07700900222"):
        assert words in jayden.text.replace("07700 900222", "07700900222"), words
    jayden.send("Tell staff")
    assert jayden.status == 422
    jayden.send("Tell staff", trouble="safety")
    assert (jayden.status, jayden.here) == (200, "/me/placement/wrong/safety")
    assert "You can leave the place at once" in jayden.text
    with world.app.app_context():
        told = db.session.scalar(select(Event).where(Event.action == "wrong_safety"))
        assert (told.record_id, told.kind) == (world.assignment_id, "assignment")


def test_without_a_placement_the_page_says_so(world, sana):
    assert "You have no placement now" in sana.get("/me/placement").text
    assert sana.get("/me/placement/wrong").here == "/me/placement"
    assert sana.get("/me/placement/wrong/nothing").status == 404
