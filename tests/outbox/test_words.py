"""Every message in the words of its reader: short, plain, with its link where it belongs."""

import itertools
import re
from pathlib import Path

import pytest

from placements.outbox.catalogue import ROWS, TEMPLATES
from placements.outbox.examples import EXAMPLE as WORDS
from placements.outbox.examples import LINK, PERSON, SUPERVISOR
from placements.outbox.facts import Facts
from placements.outbox.words import FACTS, FOLDER, LONGEST_TEXT, render
from placements.services.message_previews import list_previews

SIGNERS = ("young_person", "employer", "provider")

LONG = "Wednesday apprentice boilermaker and stone dresser of the invented northern works" * 2
LEFT = (
    "declined",
    "lapsed",
    "cancelled_by_candidate",
    "cancelled_by_employer",
    "cancelled_by_staff",
    "did_not_start",
    "left_early",
    "ended_by_employer",
)
BANNED = (
    *("candidate", "host", "cohort", "match", "allocate", "algorithm", "default", "lapse"),
    *("lapsed", "reserve list", "NEET", "rejected", "unfortunately", "midnight"),
)
# What the service fills in is left out of the reading age: only our own words are measured.
FILLED = {"title": "the job", "employer": "the shop", "added_by": "your school", "pay": "5 a day"}
FILLED |= {"answer_by": "May 4", "answer_day": "May 4", "next_day": "May 4", "person": "Kim"}
FILLED |= {"first_day": "May 4", "confirm_by": "May 4", "supervisor": "Kim", "postcode": "home"}
FILLED |= {"place": "the shop", "start_from": "May 4", "start_to": "May 4", "said": "you work"}
FILLED |= {"supported_by": "your school", "reason": "say more", "day": "May 4", "hours": ["9 to 4"]}
FILLED |= {"lock_day": "May 4", "when": "on May 4", "phone": "", "places_due": []}
FILLED |= {"others": ["the boss"], "people": [], "employers": [], "is_first": True}
EMPTY = {
    "added_by": "",
    "others": [],
    "first_time": "",
    "supervisor": "",
    "next_day": "",
    "pay": "",
    "lock_day": "",
    "phone": "",
}
VARIANTS = [
    WORDS,
    {**WORDS, **EMPTY, "bring": "", "wear": "", "first_place": "", "is_first": False},
    {**WORDS, "next_kind": "provider_talk", "is_open": False},
    *({**WORDS, "state": state} for state in LEFT),
]
WIDE = [
    {**words, "title": LONG, "employer": LONG, "added_by": LONG, "first_time": LONG}
    for words in VARIANTS
]


def files(kind):
    return {path.stem for path in Path(FOLDER, kind).glob("*.txt")}


def all_rendered(channel, variants=VARIANTS):
    for row in TEMPLATES.values():
        if channel in row.ways:
            for words in variants:
                yield row, render(row.name, channel, Facts(words), LINK)


def sentences(body):
    plain = body.replace(LINK, "")
    parts = re.split(r"(?<=[.?:])\s+|\n", plain)
    return [part for part in parts if part.strip()]


def syllables(word):
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, len(groups) - (len(groups) > 1 and silent))


def reading_age(body):
    """Flesch and Kincaid's school grade, as the age of the pupils who are in it."""
    lines = sentences(body)
    words = [w for line in lines for w in re.findall(r"[A-Za-z']+", line)]
    per_sentence = len(words) / len(lines)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59 + 5


def test_every_template_has_its_words_and_every_file_is_used():
    for channel, folder in (("email", "emails"), ("text", "texts")):
        used = {row.file_name for row in TEMPLATES.values() if channel in row.ways}
        assert used == files(folder)


def test_every_template_has_its_facts():
    assert set(FACTS) == set(TEMPLATES)


def test_emails_have_a_subject_and_their_link_on_a_line_of_its_own():
    for row, (subject, body) in all_rendered("email"):
        assert subject and "\n" not in subject, row.name
        assert body.splitlines().count(LINK) == 1, row.name
        assert "{{" not in body and "None" not in body, row.name
        assert "\n\n\n" not in body, row.name


def test_texts_fit_whatever_the_names_and_end_with_their_link():
    for row, (_, body) in itertools.chain(all_rendered("text"), all_rendered("text", WIDE)):
        said, _, link = body.rpartition("\n")
        assert link == LINK, row.name
        assert len(said) <= LONGEST_TEXT, (row.name, len(said), said)
        assert said.isascii(), row.name


def test_texts_name_no_other_person():
    for row, (_, body) in all_rendered("text"):
        assert PERSON not in body and SUPERVISOR not in body, row.name


@pytest.mark.parametrize("channel", ["email", "text"])
def test_no_message_has_a_banned_word_or_an_exclamation_mark(channel):
    for row, parts in all_rendered(channel):
        said = " ".join(parts)
        found = [w for w in BANNED if re.search(rf"\b{w}s?\b", said, re.IGNORECASE)]
        assert not found, (row.name, found)
        assert "!" not in said, row.name


def test_no_sentence_is_longer_than_twenty_words():
    for channel in ("email", "text"):
        for row, (_, body) in all_rendered(channel):
            for sentence in sentences(body):
                assert len(sentence.split()) <= 20, (row.name, sentence)


def test_messages_are_for_their_readers_age():
    most = {
        "young_person": 9,
        "guardian": 11,
        "anyone": 9,
        "employer": 11,
        "provider": 11,
        "operator": 12,
    }
    for row in TEMPLATES.values():
        for channel in row.ways:
            filled = [{**words, **FILLED} for words in VARIANTS]
            bodies = [render(row.name, channel, Facts(words), LINK)[1] for words in filled]
            worst = max(map(reading_age, bodies))
            assert worst <= most[row.role], (row.name, channel, round(worst, 1))


@pytest.mark.parametrize(
    ("planted", "age"), [("The cat sat.", 8), ("Organisational accountability necessitates.", 20)]
)
def test_reading_age_tells_plain_from_heavy(planted, age):
    assert (reading_age(planted) <= 9) == (age <= 9)


def test_a_text_of_a_hundred_and_sixty_one_would_be_found():
    _, body = render("checkpoint", "text", Facts(WORDS), LINK)
    assert 60 < len(body.rpartition("\n")[0]) <= LONGEST_TEXT


# The events of pages.md, section 3, each with whom it tells, by which ways.
EVENTS = {
    "Sign-in asked": {("anyone", "email", "text")},
    "Invited to act for an organisation": {("anyone", "email")},
    "Registered or imported": {("young_person", "email", "text")},
    "One thing missing": {("young_person", "text", "email"), ("provider", "email")},
    "Round opens": {("young_person", "text", "email"), ("provider", "email")},
    "Choices close": {("young_person", "text", "email"), ("provider", "email")},
    "Placement approved": {("employer", "email")},
    "Placement changed": {("young_person", "email", "text")},
    "Change asked": {("employer", "email")},
    "Placement refused": {("employer", "email")},
    "Still true?": {("employer", "email"), ("employer", "email", "text")},
    "People are coming": {("employer", "email")},
    "Offer": {("young_person", "email", "text"), ("guardian", "email", "text")},
    "No place": {("young_person", "email", "text")},
    "Offer not answered": {("young_person", "text", "email"), ("provider", "email")},
    "Yes": {("employer", "email", "text")},
    "Said by the provider": {("young_person", "text", "email")},
    "Not confirmed": {("employer", "email"), ("operator", "email")},
    "No, ended or cancelled": {
        *(("young_person", "email", "text"), ("employer", "email"), ("provider", "email"))
    },
    "Agreement waits": {
        *(("young_person", "email", "text"), ("young_person", "text", "email")),
        *(("employer", "email"), ("provider", "email")),
        ("guardian", "email", "text"),
    },
    "First day": {("young_person", "text", "email"), ("employer", "email")},
    "First day moved": {("young_person", "email", "text"), ("provider", "email")},
    "Nobody said started": {("provider", "text", "email")},
    "End tomorrow": {("young_person", "text", "email"), ("employer", "email")},
    "Question": {("young_person", "text", "email"), ("provider", "email"), ("employer", "email")},
    "Outcome told by another": {("young_person", "email", "text")},
    "Plan failed": {("operator", "email")},
    "Fairness fails": {("operator", "email")},
    "Message stuck": {("operator", "email")},
}


def test_every_event_has_its_messages_and_every_message_its_event():
    told = {}
    for row in ROWS:
        told.setdefault(row.event, set()).add((row.role, *row.ways))
    assert told == EVENTS
    assert len(TEMPLATES) == len(ROWS)


def test_every_message_says_when_and_has_a_preview():
    previews = {one.name: one for one in list_previews()}
    assert set(previews) == set(TEMPLATES)
    for row in ROWS:
        one = previews[row.name]
        assert row.when and one.when == row.when
        assert bool(one.email) == ("email" in row.ways)
        assert bool(one.text) == ("text" in row.ways)
        assert LINK in (one.email or one.text)


def test_every_message_is_written_by_a_service():
    sources = " ".join(path.read_text() for path in Path(FOLDER.parent, "services").glob("*.py"))
    written = set(re.findall(r'"([a-z_]+[0-9]*)"', sources))
    made = {f"agreement_{who}{end}" for who in SIGNERS for end in ("", "_again")}
    made |= {f"{name}{end}" for name in written for end in ("_again", "_for")}
    made |= {
        f"{who}_{when}" for who in ("start", "person_starts") for when in ("next_week", "today")
    }
    assert set(TEMPLATES) - written - made == set()
