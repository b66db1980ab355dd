"""One next thing, for each state a young person can be in."""

import pytest
from factories.records import make_account, make_candidate
from web.young_people.conftest import DEADLINE, LATER, NOW

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Candidate
from placements.services import applications, transitions


def test_without_an_entry_it_says_whom_to_ask(world, visit):
    def make():
        candidate = make_candidate(preferred_name="Nia")
        candidate.account_id = make_account().id
        return candidate.account_id

    nobody = visit(world.do(make))
    assert "You have no entry yet" in nobody.get("/me").text
    for url in ("/me/places", "/me/choices", "/me/check", "/me/sent", "/me/data/stop"):
        assert (nobody.get(url).status, nobody.here) == (200, "/me"), url
    assert "Nothing is noted about you yet" in nobody.get("/me/timeline").text


@pytest.mark.parametrize(
    ("walk", "words"),
    [
        (["hold"], "You are taking a break"),
        (["withdraw"], "You stopped taking part"),
    ],
)
def test_each_state_of_an_entry_has_its_words(world, sana, walk, words):
    def move():
        application = db.session.get_one(Application, world.other_application_id)
        for action in walk:
            actor = Actor(Role.YOUNG_PERSON)
            transitions.move(application, Kind.APPLICATION, action, actor, NOW)

    world.do(move)
    assert words in sana.get("/me").text


def test_draft_is_sent_by_the_person_and_a_question_is_answered(world, visit):
    def make():
        candidate = make_candidate(preferred_name="Nia")
        candidate.account_id = make_account().id
        template = db.session.get_one(Application, world.other_application_id)
        copied = {"candidate_id": candidate.id, "provider_id": template.provider_id}
        copied |= {"reference": "A-DRAFT", "salt": "0" * 32, "region_id": template.region_id}
        draft = Application(**copied)
        transitions.begin(draft, Kind.APPLICATION, "begin", Actor(Role.PROVIDER), NOW)
        return candidate.account_id, draft.id

    account_id, draft_id = world.do(make)
    nia = visit(account_id)
    assert "Your entry is not sent yet" in nia.get("/me").text
    nia.get("/me/check").send("Send")
    assert (nia.here, world.read(Application, draft_id, "state")) == ("/me/sent", "submitted")
    assert "It is being checked" in nia.get("/me").text
    with world.app.app_context():
        applications.ask_for_information(world.provider, draft_id, "Your start date (invented)")
    assert "Your start date (invented)" in nia.get("/me").text
    nia.get("/me/check").send("Send")
    assert world.read(Application, draft_id, "state") == "submitted"


def test_offer_over_its_time_says_what_can_be_done(world, visit):
    world.clock_at(DEADLINE + LATER)
    late = visit(world.account_id, world.hat_key).get("/me")
    assert "The time to answer ended" in late.text


def test_home_shows_who_supports_the_person_with_a_number_to_dial(world, sana):
    text = sana.get("/me").text
    for words in ("Invented Skills", "Marcus Invented", "07700 900222"):
        assert words in text


def test_names_are_kept_to_their_own_pages(world, sana):
    names = [world.read(Candidate, world.candidate_id, "name"), "Jayden", "Skye"]
    for url in ("/me", "/me/offer", "/me/timeline", "/me/data", "/me/places", "/me/choices"):
        text = sana.get(url).text
        assert not [name for name in names if name in text], url


def test_signed_out_visitors_are_sent_to_sign_in(world, visit):
    assert visit().get("/me").here == "/sign-in"
