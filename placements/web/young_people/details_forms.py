"""Y2: the four questions about oneself, filled in with what is known already."""

from typing import Any

from placements.domain.outcome_words import BEFORE_YOU
from placements.services import registrations
from placements.web.entry_forms import EntryForm, JourneyForm, TimesForm
from placements.web.forms import count, day, one_of, some_of, text


class DetailForm(EntryForm):
    """One page; `question` is its heading."""

    template = "young_people/detail.html"


class MeForm(DetailForm):
    """What to call them, and how to reach them."""

    question = "What do we call you, and how do we reach you?"
    preferred_name = text(
        "The name you use", "Write the name you use.", length=100, autocomplete="nickname"
    )
    mobile = text("Mobile number", None, length=30, autocomplete="tel", inputmode="tel")
    email = text("Email", None, length=254, autocomplete="email", spellcheck=False)
    now = one_of(
        "What do you do now? (optional)",
        None,
        list(BEFORE_YOU),
        "It shows later how far you came. An employer never sees it.",
    )
    copies = some_of(
        "Your parent or guardian (optional)",
        [("yes", "Send them a copy of each offer")],
        "Only while you are under 18. You answer; they only read it.",
    )

    def fill(self, application: Any) -> None:
        """Show what they are called, and ask of a guardian only who has one named."""
        self.fill_before(application)
        person = application.candidate
        if not (person.guardian_contact and registrations.is_child(person)):
            del self.copies
        elif not self.is_submitted():
            self.copies.data = ["yes"] if person.guardian_copies_at else []
        if not self.is_submitted():
            self.preferred_name.data = person.preferred_name or (person.name or "").split(" ")[0]
            self.email.data, self.mobile.data = person.email, person.mobile

    def says_copies(self) -> bool | None:
        """Say whether a guardian gets copies; None where that is not asked."""
        return None if self.copies is None else "yes" in (self.copies.data or [])

    def answers(self) -> dict[str, Any]:
        """Give the name; the contact is kept with the account."""
        return {"preferred_name": self.preferred_name.data}


class WhereForm(DetailForm):
    """From where they travel."""

    question = "Where do you travel from?"
    postcode = text(
        "Your home postcode",
        "Write your postcode.",
        "We work out journeys from it. An employer never sees it.",
        10,
        autocomplete="postal-code",
        classes="govuk-input--width-10",
    )

    def fill(self, application: Any) -> None:
        """Show where they live."""
        if not self.is_submitted():
            self.postcode.data = application.candidate.postcode


class TravelForm(JourneyForm, DetailForm):
    """How they travel, and for how long at most."""

    question = "How can you travel?"
    modes = some_of("How can you travel?", [], "Tick all you can use.")
    max_minutes = count(
        "How long can one way take, in minutes?",
        "Write how many minutes, like 60.",
        "It counts for the way there and the way back.",
    )


class WhenForm(TimesForm, DetailForm):
    """When they could start, and on which days and hours they can come."""

    question, template = "When can you come?", "young_people/detail_when.html"
    start_from = day("The first day you could start", "Write the first day.")
    start_to = day("The last day you could start (optional)")


STEPS: dict[str, type[DetailForm]] = {
    "me": MeForm,
    "where": WhereForm,
    "travel": TravelForm,
    "when": WhenForm,
}
