"""Y2: details once, filled in already, kept page by page."""

from datetime import date

import pytest
from web.young_people.conftest import NOW

from placements.domain.vocabulary import OutcomeKind
from placements.models.candidates import Application, Candidate
from placements.services import registrations
from placements.services.outcomes import Answer


@pytest.fixture
def person_of(world):
    """The row of the young person who is signed in as Sana."""
    return world.read(Application, world.other_application_id, "candidate_id")


def test_four_pages_lead_on_and_are_kept(world, sana, person_of):
    sana.get("/me").get("/me/details/me")
    sana.send("Continue", preferred_name="San", mobile="07700 900777", email="")
    assert sana.here == "/me/details/where" and "B1 1BA" in sana.html
    sana.send("Continue", postcode="b1 1ay")
    sana.send("Continue", modes=["walk", "bus"], max_minutes="45")
    assert sana.here == "/me/details/when"
    sana.send("Continue", to_0="17:00")
    assert sana.here == "/me" and "Saved." in sana.text
    kept = ("preferred_name", "mobile", "postcode")
    assert world.read(Candidate, person_of, *kept) == ("San", "+447700900777", "B1 1AY")
    assert world.read(Application, world.other_application_id, "max_minutes") == 45
    assert world.read(Application, world.other_application_id, "availability")[0] == [0, 480, 1020]


def test_what_i_do_now_may_be_left_out_is_kept_once_and_is_mine_to_change(world, sana):
    assert "What do you do now? (optional)" in sana.get("/me/details/me").text
    sana.send("Continue", mobile="07700 900777")
    assert "Before:" not in sana.get("/me/timeline").text
    sana.get("/me/details/me").send("Continue", mobile="07700 900777", now="NEET_SEEK")
    sana.get("/me/details/me").send("Continue", mobile="07700 900777")
    text = sana.get("/me/timeline").text
    assert text.count("Before: we noted that you are looking.") == 1
    assert "That's not right" in text
    with world.app.app_context():
        answer = Answer(OutcomeKind.EDU_PT)
        registrations.say_before(world.provider, world.other_application_id, answer)
    assert "What do you do now?" not in sana.get("/me/details/me").text


def test_who_is_under_18_says_if_a_guardian_gets_copies_of_offers(world, sana, person_of):
    reached = {"mobile": "07700 900777"}
    assert "Your parent or guardian" not in sana.get("/me/details/me").text
    child = {"date_of_birth": date(2009, 1, 1), "guardian_contact": "carer@home.example"}
    world.change(Candidate, person_of, **child)
    sana.get("/me/details/me").send("Continue", **reached, copies="yes")
    assert world.read(Candidate, person_of, "guardian_copies_at") == NOW
    assert "Your parent or guardian gets a copy of offers" in sana.get("/me/timeline").text
    sana.get("/me/details/me").send("Continue", **reached)
    assert world.read(Candidate, person_of, "guardian_copies_at") == NOW
    sana.get("/me/details/me").send("Continue", **reached, copies=[])
    assert world.read(Candidate, person_of, "guardian_copies_at") is None
    assert "gets no copy of offers any more" in sana.get("/me/timeline").text


@pytest.mark.parametrize(
    ("step", "sent", "words"),
    [
        ("me", {"mobile": "", "email": ""}, "Keep an email address or a mobile number"),
        ("where", {"postcode": "SW1A 1AA"}, "there is other help"),
        ("where", {"postcode": "B1"}, "Write a full UK postcode"),
        ("travel", {"modes": []}, "Tick at least one way to travel."),
        ("when", {"to_0": "7am"}, "Monday"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    world, sana, person_of, step, sent, words
):
    before = world.read(Candidate, person_of, "postcode", "mobile", "email")
    sana.get(f"/me/details/{step}").send("Continue", **sent)
    assert sana.status == 422 and words in sana.text
    assert world.read(Candidate, person_of, "postcode", "mobile", "email") == before
    assert sana.get("/me/details/nothing").status == 404


def test_a_page_that_is_stale_says_so_and_a_change_from_the_check_comes_back(world, sana):
    assert "/me/details/travel?to=check" in sana.get("/me/check").page.links
    sana.get("/me/details/travel?to=check").send("Continue", version="99", modes=["walk"])
    assert sana.status == 409
    sana.get("/me/details/travel?to=check").send("Continue", modes=["walk"])
    assert sana.here == "/me/check" and "Walk" in sana.text
