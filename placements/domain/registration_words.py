"""What to tell a provider when a rule stops a page of a registration: which rule, what to do."""

from collections.abc import Iterable, Mapping
from datetime import date

from placements.domain.eligibility import Answer, RuleAnswer, age_on
from placements.domain.region import Region

RULE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "age": ("date_of_birth", "start_from", "has_ehcp"),
    "home": ("postcode",),
    "right_to_work": ("right_to_work_checked",),
    "consent": (),
    "guardian": ("guardian_contact", "date_of_birth"),
}
RULE_TITLES: Mapping[str, str] = {
    "age": "Age",
    "home": "Where they live",
    "right_to_work": "Right to work",
    "consent": "Agreement to take part",
    "guardian": "Parent or guardian",
}
RIGHT_TO_WORK = (
    "If the check is not finished, choose “Not checked yet”. If it is, they cannot join."
)
HOME = "Check the postcode. If it is right, they can join in the region where they live."
GUARDIAN = "Write an email address or a phone number of a parent or guardian."


def find_stop(
    answers: Iterable[RuleAnswer], sent: Iterable[str], region: Region, *, must_meet: bool
) -> tuple[str, str] | None:
    """Return the field just sent that breaks a rule and what to do about it, or None.

    What is not known yet stops nobody who is still being registered; `must_meet` is for a person
    who is ready already, and stays so only while every rule is met.
    """
    fields = set(sent)
    for answer in answers:
        at = next((name for name in RULE_FIELDS[answer.rule] if name in fields), None)
        unknown = answer.answer is Answer.NEED_TO_KNOW
        if at is None or answer.answer is Answer.MEETS or (unknown and not must_meet):
            continue
        return at, f"{answer.fact} {_what_to_do(answer.rule, at, region)}"
    return None


def _what_to_do(rule: str, at: str, region: Region) -> str:
    if rule == "age" and at == "start_from":
        return "Write a later first day if they will be old enough then."
    if rule == "age":
        return f"Check it. If it is right, they cannot join. {region.authority} knows other help."
    if rule == "home":
        return HOME
    return RIGHT_TO_WORK if rule == "right_to_work" else GUARDIAN


def is_too_young_so_far(date_of_birth: date, today: date, region: Region) -> bool:
    """True while a first day is not known and a later one may still make the person old enough."""
    return age_on(date_of_birth, today) <= region.min_age
