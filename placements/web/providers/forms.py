"""What a provider fills in about a person, one form a page of the registration."""

from typing import Any

from wtforms.validators import StopValidation

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.vocabulary import OutcomeKind
from placements.services.applications import PersonFacts
from placements.web.forms import (
    PlainForm,
    count,
    day,
    some_of,
    text,
)
from placements.web.providers.blueprint import region_rules
from placements.web.week import WeekForm

SHORTEST, LONGEST = 5, 180


class StepForm(PlainForm):
    """One page of the registration; `question` is its heading."""

    question, template = "", "providers/step.html"

    def fill(self, application: Any) -> None:
        """Show what was said before, and what there is to choose from."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the page as a whole once each field can be read."""
        can_be_read = bool(super().validate(extra_validators))
        problems = self.list_problems() if can_be_read else []
        for field, words in problems:
            self.add_error(field, words)
        return can_be_read and not problems

    def list_problems(self) -> list[tuple[str, str]]:
        """List each field that is wrong beside the others, and what to do."""
        return []

    def answers(self) -> dict[str, Any]:
        """Give the fields of this page as facts of the person or their entry."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    def before(self) -> OutcomeKind | None:
        """Give what they did before, where the page asks it and somebody answered."""
        return None


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


class TravelForm(StepForm):
    """How they travel, and for how long at most."""

    question = "How do they travel?"
    modes = some_of("Ways they can travel", [], "Tick all they can use")
    max_minutes = count(
        "Longest journey one way, in minutes",
        "Write how many minutes, like 60.",
        f"{SHORTEST} to {LONGEST}. It holds for the way there and the way back",
    )

    def fill(self, application: Any) -> None:
        """Offer the region's ways of travelling."""
        self.modes.choices = [(mode, speed.name) for mode, speed in region_rules().travel.items()]
        if not self.is_submitted():
            self.modes.data = list(application.modes)
            self.max_minutes.data = application.max_minutes

    def list_problems(self) -> list[tuple[str, str]]:
        """Hold the limit to what the service can work with; nothing is in reach without a way."""
        problems = []
        if not self.modes.data:
            problems.append(("modes", "Tick at least one way of travelling."))
        if not SHORTEST <= self.max_minutes.data <= LONGEST:
            problems.append(("max_minutes", f"Write a number from {SHORTEST} to {LONGEST}."))
        return problems


class HoursForm(WeekForm, StepForm):
    """When they could start, and from when to when on each weekday."""

    question, template = "When can they come?", "providers/hours.html"
    start_from = day("First day they could start", "Write the first possible day.")
    start_to = day("Last day they could start (optional)")

    def fill(self, application: Any) -> None:
        """Show the days and hours said before."""
        self.spans: list[list[int]] = []
        self.show_week(application.availability)
        if not self.is_submitted():
            self.start_from.data = application.start_from
            self.start_to.data = application.start_to

    def list_problems(self) -> list[tuple[str, str]]:
        """Read the rows of the week."""
        self.spans, problems = self.read_week()
        return problems

    def answers(self) -> dict[str, Any]:
        """Give the dates and the spans of the week."""
        dates = {"start_from": self.start_from.data, "start_to": self.start_to.data}
        return {**dates, "availability": self.spans}
