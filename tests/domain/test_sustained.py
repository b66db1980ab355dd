"""Worked timelines: what each month was, and whether what followed is called sustained.

Every placement here ends on 31 March 2026, so its months are April 2026 to March 2027.
"""

from datetime import date
from itertools import pairwise, product

import pytest

from placements.domain.checkpoints import questions_at_end
from placements.domain.sustained import (
    Activity,
    Statement,
    has_half_a_year_of_work,
    is_sustained,
    list_months,
    list_spells,
)
from placements.domain.vocabulary import CheckpointKind, OutcomeKind, Source

ENDED = date(2026, 3, 31)
DUE = {question.kind: question.due_on for question in questions_at_end(ENDED)}
LETTERS = {
    "w": Activity.WORK,
    "e": Activity.EDUCATION,
    "t": Activity.TRAINING,
    "a": Activity.APPRENTICESHIP,
    "-": Activity.NONE,
    "?": None,
}
K = OutcomeKind


def day(text):
    """A day like "4-15": of 2026, or from January to March of 2027."""
    month, number = map(int, text.split("-"))
    return date(2027 if month <= 3 else 2026, month, number)


def told(question, kind, since=None, until=None, **more):
    since, until = (day(text) if text else None for text in (since, until))
    at = CheckpointKind(question)
    return Statement(at, DUE[at], OutcomeKind(kind), since, until, **more)


def months_of(*statements):
    letters = {activity: letter for letter, activity in LETTERS.items()}
    return "".join(letters[month] for month in list_months(ENDED, statements))


def timeline(text):
    return tuple(LETTERS[letter] for letter in text.ljust(12, "?"))


WORKED = {
    "in education in all six": ("eeeeee", True),
    "in education in five of six": ("eeeee-", False),
    "education with the first month missing": ("?eeeee", None),
    "in work in all six": ("wwwwww", True),
    "in work from the second month": ("-wwwww", True),
    "in work until the fifth month": ("wwwww-", True),
    "in work with a break of one month": ("ww-www", True),
    "in work with a break of two months": ("ww--ww", False),
    "in work in four of six": ("wwww--", False),
    "work with one month missing and five told": ("ww?www", True),
    "work with two months missing": ("ww??ww", None),
    "work with one missing and one out": ("w?-www", None),
    "work with two out and one missing": ("w?--ww", False),
    "training in all six": ("tttttt", True),
    "training in five of six": ("ttttt-", False),
    "one switch from training to education": ("ttteee", True),
    "one switch from training to work": ("ttwwww", True),
    "one switch with a month missing between": ("tt?eee", None),
    "two switches, active in all six": ("tteett", False),
    "two switches, but work in five": ("wwewww", True),
    "three switches, active in all six": ("tetewe", False),
    "one switch and a month out": ("tte-ee", False),
    "apprentice in all six": ("aaaaaa", True),
    "apprentice broken for one month is work in five": ("aa-aaa", True),
    "apprentice broken for two months": ("aa--aa------", False),
    "apprentice broken for two months, the rest to come": ("aa--aa", None),
    "apprentice from the third month, for six months": ("--aaaaaa", True),
    "apprentice from the seventh month, for six months": ("------aaaaaa", True),
    "apprentice from the seventh month, broken": ("------aa-aaa", False),
    "apprentice in the last five months of twelve": ("-------aaaaa", False),
    "apprentice from the fourth month, the rest to come": ("---aaa", None),
    "apprentice from the fourth month, left after four": ("---aaaa-----", False),
    "work, then an apprenticeship": ("wwaaaa", True),
    "training, apprenticeship, education": ("ttaaee", False),
    "nothing known": ("", None),
    "out in all six": ("------", False),
    "out in two, the rest not known": ("--????", None),
    "out at both ends, the rest not known": ("-????-", False),
    "out in the middle, the rest not known": ("??-???", None),
    "out twice in the middle, the sixth not known": ("??--??", None),
}


@pytest.mark.parametrize(("months", "expected"), WORKED.values(), ids=WORKED.keys())
def test_is_sustained_of_a_worked_timeline(months, expected):
    assert is_sustained(timeline(months)) is expected


def by_definition(months):
    """The four sentences, word by word, over twelve known months."""
    six = months[:6]
    runs = [months[n : n + 6] for n in range(7)]
    return (
        all(month == "e" for month in six)
        or sum(month in "wa" for month in six) >= 5
        or ("-" not in six and sum(a != b for a, b in pairwise(six)) <= 1)
        or "a" * 6 in runs
    )


@pytest.mark.parametrize("later", ["------", "aa----"])
def test_is_sustained_equals_the_definition_for_every_six_months(later):
    for letters in product("weta-", repeat=6):
        months = "".join(letters) + later
        assert is_sustained(timeline(months)) is by_definition(months), months


def test_is_sustained_is_told_exactly_when_the_months_not_known_cannot_change_it():
    for letters in product("wea-?", repeat=6):
        months = "".join(letters)
        if months.count("?") > 3 or "?" not in months:
            continue
        filled = ["".join(f) for f in product(*("weta-" if m == "?" else m for m in months))]
        found = {by_definition(text + "------") for text in filled}
        expected = None if len(found) == 2 else found.pop()
        got = is_sustained(timeline(months + "------"))
        assert got is expected, months


ANSWERS = {
    "an answer alone is its month alone": ([told("W4", "JOB")], "w???????????"),
    "the same answer twice holds between": (
        [told("W4", "JOB"), told("M3", "JOB"), told("M6", "JOB")],
        "wwwwww??????",
    ),
    "the same kind of work elsewhere does not": (
        [told("W4", "JOB", with_whom="Ash"), told("M3", "JOB", with_whom="Birch")],
        "w?w?????????",
    ),
    "kept on by the placement's employer and then not": (
        [told("W4", "JOB", hired=True), told("M3", "JOB", hired=False)],
        "w?w?????????",
    ),
    "the same answer around one not given": (
        [told("W4", "JOB"), told("M6", "JOB")],
        "w????w??????",
    ),
    "the same answer around a refusal": (
        [told("W4", "JOB"), told("M3", "REFUSED"), told("M6", "JOB")],
        "w????w??????",
    ),
    "a first day fills what came before": ([told("M6", "JOB", "4-10")], "wwwwww??????"),
    "a first day and the last": ([told("M6", "JOB", "4-10", "8-20")], "wwwww???????"),
    "a last day before the question ends it": ([told("M3", "JOB", until="5-20")], "?w??????????"),
    "begun after the day of the question": ([told("W4", "JOB", "5-4")], "?w??????????"),
    "something that starts soon is nothing yet": (
        [told("W4", "START_AGREED", "6-1"), told("M3", "JOB", "6-1")],
        "-?w?????????",
    ),
    "an apprenticeship to the year's end": ([told("M12", "APP", "9-1")], "?????aaaaaaa"),
    "looking, then studying": (
        [told("W4", "NEET_SEEK"), told("M3", "NEET_SEEK"), told("M6", "EDU_FT", "7-10")],
        "---eee??????",
    ),
    "volunteering counts as none": ([told("M3", "VOL", "4-1")], "---?????????"),
    "most days decide a month": (
        [told("M3", "NEET_SEEK", "4-1", "5-10"), told("M6", "JOB", "5-11")],
        "-wwwww??????",
    ),
    "at a tie what came later": (
        [told("M3", "NEET_SEEK", "4-1", "4-15"), told("M6", "JOB", "4-16")],
        "wwwwww??????",
    ),
    "better evidence stands on the same days": (
        [told("M3", "JOB", "4-1"), told("M6", "NEET_SEEK", "4-1", level=Source.EMPLOYER)],
        "------??????",
    ),
    "weaker evidence fills the days around": (
        [told("M3", "JOB", "5-1", level=Source.DOCUMENT), told("M6", "EDU_FT", "4-1")],
        "ewweee??????",
    ),
    "with equal evidence the later answer stands": (
        [told("M3", "JOB", "4-1"), told("M6", "EDU_FT", "6-1")],
        "wweeee??????",
    ),
    "not known is no month": ([told("W4", "UNKNOWN"), told("M3", "UNCONTACTABLE")], "?" * 12),
}


@pytest.mark.parametrize(("statements", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_list_months_of_answers(statements, expected):
    assert months_of(*statements) == expected
    assert months_of(*reversed(statements)) == expected


def test_list_spells_never_tells_a_day_twice():
    levels = (Source.SELF, Source.DOCUMENT)
    spans = ((None, None), ("4-20", None), ("4-5", "6-10"))
    for first, second, third in product(product(levels, spans), repeat=3):
        asked = zip(
            ("W4", "M3", "M6"), ("JOB", "EDU_FT", "APP"), (first, second, third), strict=True
        )
        spells = list_spells(told(q, kind, *span, level=level) for q, kind, (level, span) in asked)
        days = [d for spell in spells for d in range(spell.first, spell.last + 1)]
        assert len(days) == len(set(days))
        assert days == sorted(days)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([told("M12", "JOB", "4-1", hours_per_week=16)], True),
        ([told("M12", "JOB", "4-1", hours_per_week=15.5)], False),
        ([told("M12", "JOB", "4-1")], None),
        ([told("M12", "APP", "4-1", "9-29", hours_per_week=30)], True),
        ([told("M12", "JOB", "4-1", "9-28", hours_per_week=30)], None),
        ([told("M6", "JOB", "4-1", "9-28", hours_per_week=30), told("M12", "VOL", "9-29")], False),
        ([told("M6", "NEET_SEEK", "4-1"), told("M12", "JOB", "10-1", hours_per_week=30)], True),
        ([told("M12", "EDU_FT", "4-1")], False),
        ([], None),
    ],
)
def test_has_half_a_year_of_work_counts_days_of_sixteen_hours_a_week(statements, expected):
    assert has_half_a_year_of_work(ENDED, statements) is expected
