"""What a provider fills in about a person, one form a page of the registration."""

from typing import Any

from wtforms.validators import StopValidation

from placements.domain.addresses import normal_email, normal_mobile
from placements.services.applications import PersonFacts
from placements.web.entry_forms import LONGEST, SHORTEST, EntryForm, JourneyForm, TimesForm
from placements.web.forms import (
    count,
    day,
    some_of,
    text,
)


class StepForm(EntryForm):
    """One page of the registration; `question` is its heading."""

    template = "providers/step.html"


class WhoForm(StepForm):
    """Name, birth date, contact, postcode."""

    question = "Who is it?"
    name = text("Full name", "Write their full name.", autocomplete="off", spellcheck=False)
    preferred_name = text("Name they use (optional)", autocomplete="off", spellcheck=False)
    date_of_birth = day("Date of birth", "Write their date of birth.", "For example, 14 5 2008")
    email = text(
        "Email (optional if you give a mobile)",
        hint="Their own, so that they can answer an offer themselves",
        length=254,
        autocomplete="off",
        spellcheck=False,
    )
    mobile = text(
        "Mobile (optional if you give an email)",
        length=30,
        autocomplete="off",
        inputmode="tel",
        classes="govuk-input--width-20",
    )
    postcode = text(
        "Home postcode",
        "Write their home postcode.",
        "We work out journeys from it",
        10,
        autocomplete="off",
        classes="govuk-input--width-10",
    )

    def fill(self, application: Any) -> None:
        """Show who they are."""
        if application is not None and not self.is_submitted():
            self.process(obj=application.candidate)

    def validate_email(self, field: Any) -> None:
        """Keep an address in the one form in which it is compared."""
        _normal(field, normal_email, "Write one email address, like name@mail.example.")

    def validate_mobile(self, field: Any) -> None:
        """Keep a number in the one form in which it is compared."""
        _normal(field, normal_mobile, "Write a mobile number, like 07700 900123.")

    def person(self) -> PersonFacts:
        """Give a new person, as the service takes one."""
        return PersonFacts(**self.answers())


def _normal(field: Any, read: Any, words: str) -> None:
    if field.data and (written := read(field.data)) is None:
        raise StopValidation(words)
    field.data = written if field.data else None


class TravelForm(JourneyForm, StepForm):
    """How they travel, and for how long at most."""

    question = "How do they travel?"
    modes = some_of("Ways they can travel", [], "Tick all they can use")
    max_minutes = count(
        "Longest journey one way, in minutes",
        "Write how many minutes, like 60.",
        f"{SHORTEST} to {LONGEST}. It holds for the way there and the way back",
    )


class HoursForm(TimesForm, StepForm):
    """When they could start, and from when to when on each weekday."""

    question, template = "When can they come?", "providers/hours.html"
    start_from = day("First day they could start", "Write the first possible day.")
    start_to = day("Last day they could start (optional)")
