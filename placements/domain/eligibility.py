"""Who may take part in a region: each rule meets, does not or needs to know, with its fact."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from placements.domain.postcodes import normalise_postcode
from placements.domain.region import Region
from placements.domain.working_time import school_leaving_date

GUARDIAN_UNDER = 18


class Answer(StrEnum):
    """What a rule says of a person."""

    MEETS = "meets"
    DOES_NOT = "does_not"
    NEED_TO_KNOW = "need_to_know"


@dataclass(frozen=True)
class ApplicationFacts:
    """The facts acceptance rests on; None is "not asked yet", which is never taken as no."""

    date_of_birth: date | None
    starts_on: date | None
    """The first day the person could start."""
    postcode: str | None
    has_ehcp: bool | None = None
    right_to_work_checked: bool | None = None
    consented: bool | None = None
    guardian_contact: str | None = None


@dataclass(frozen=True)
class RuleAnswer:
    """One rule's answer, with the fact that decided it in words."""

    rule: str
    answer: Answer
    fact: str


def check_application(
    facts: ApplicationFacts, region: Region, today: date
) -> tuple[RuleAnswer, ...]:
    """Answer every acceptance rule of the region, in the order a page shows them."""
    return (
        _age(facts, region),
        _home(facts, region),
        _right_to_work(facts),
        _consent(facts),
        _guardian(facts, today),
    )


def is_accepted(answers: tuple[RuleAnswer, ...]) -> bool:
    """True when every rule is met."""
    return all(row.answer is Answer.MEETS for row in answers)


def age_on(date_of_birth: date, day: date) -> int:
    """Whole years of age on a day; a person of 29 February turns a year older on 1 March."""
    before_birthday = (day.month, day.day) < (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - before_birthday


def _date_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _age(facts: ApplicationFacts, region: Region) -> RuleAnswer:
    if facts.date_of_birth is None:
        return RuleAnswer("age", Answer.NEED_TO_KNOW, "We do not have a date of birth.")
    if facts.starts_on is None:
        return RuleAnswer("age", Answer.NEED_TO_KNOW, "We do not have a first possible start.")
    age = age_on(facts.date_of_birth, facts.starts_on)
    fact = f"{age} on {_date_words(facts.starts_on)}, the first day they could start."
    leaves_school = school_leaving_date(facts.date_of_birth)
    if facts.starts_on <= leaves_school:
        words = f"Of school age until {_date_words(leaves_school)}. {fact}"
        return RuleAnswer("age", Answer.DOES_NOT, words)
    if region.min_age <= age <= region.max_age:
        return RuleAnswer("age", Answer.MEETS, fact)
    if region.max_age < age <= region.max_age_with_ehcp and facts.has_ehcp is not False:
        if facts.has_ehcp:
            return RuleAnswer("age", Answer.MEETS, f"{fact} Has a plan (EHCP).")
        words = f"{fact} We need to know if they have a plan (EHCP)."
        return RuleAnswer("age", Answer.NEED_TO_KNOW, words)
    words = f"{fact} The ages here are {region.min_age} to {region.max_age}, "
    words += f"or to {region.max_age_with_ehcp} with a plan (EHCP)."
    return RuleAnswer("age", Answer.DOES_NOT, words)


def _home(facts: ApplicationFacts, region: Region) -> RuleAnswer:
    if not facts.postcode:
        return RuleAnswer("home", Answer.NEED_TO_KNOW, "We do not have a home postcode.")
    postcode = normalise_postcode(facts.postcode)
    if postcode is None:
        words = f"“{facts.postcode}” does not read as a postcode."
        return RuleAnswer("home", Answer.NEED_TO_KNOW, words)
    district = region.district_of(postcode)
    if district:
        return RuleAnswer("home", Answer.MEETS, f"{postcode} is in {district}.")
    area = region.travel_area_of(postcode)
    if area:
        words = f"{postcode} is in {area}, close enough to travel into {region.name}."
        return RuleAnswer("home", Answer.MEETS, words)
    words = f"{postcode} is outside {region.name} and the places people travel in from."
    return RuleAnswer("home", Answer.DOES_NOT, words)


def _asked(rule: str, value: bool | None, yes: str, no: str, unknown: str) -> RuleAnswer:
    if value is None:
        return RuleAnswer(rule, Answer.NEED_TO_KNOW, unknown)
    return RuleAnswer(rule, Answer.MEETS if value else Answer.DOES_NOT, yes if value else no)


def _right_to_work(facts: ApplicationFacts) -> RuleAnswer:
    return _asked(
        "right_to_work",
        facts.right_to_work_checked,
        "Right to work was checked.",
        "Right to work was checked and is not there.",
        "Right to work is not checked yet.",
    )


def _consent(facts: ApplicationFacts) -> RuleAnswer:
    return _asked(
        "consent",
        facts.consented,
        "They agreed to take part.",
        "They did not agree to take part.",
        "They have not been asked if they agree to take part.",
    )


def _guardian(facts: ApplicationFacts, today: date) -> RuleAnswer:
    if facts.date_of_birth is None:
        return RuleAnswer("guardian", Answer.NEED_TO_KNOW, "We do not have a date of birth.")
    if age_on(facts.date_of_birth, today) >= GUARDIAN_UNDER:
        return RuleAnswer("guardian", Answer.MEETS, "18 or over: no guardian is needed.")
    if facts.guardian_contact:
        return RuleAnswer("guardian", Answer.MEETS, "Under 18, and we can reach a guardian.")
    return RuleAnswer("guardian", Answer.NEED_TO_KNOW, "Under 18: we need a guardian's contact.")
