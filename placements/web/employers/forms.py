"""What an employer fills in about sites, people and places."""

from typing import Any

from flask import current_app
from wtforms import RadioField

from placements.domain.ending_words import ENDING_ANSWERS, ENDING_QUESTIONS
from placements.services.employers import SiteFacts
from placements.services.endings import Told
from placements.services.gazetteer import get_rules
from placements.web.forms import (
    PlainForm,
    count,
    day,
    long_text,
    one_of,
    text,
    time_of_day,
)

WORKPLACE = "The place young people travel to."


def region_rules() -> Any:
    """Return the rules of the region this service runs for."""
    return get_rules(current_app.config["SETTINGS"].region_folder)


class SiteForm(PlainForm):
    """A workplace."""

    name = text("Name of the site", "Write what you call this site.", "For example, Canal Works")
    postcode = text(
        "Postcode",
        "Write the postcode people travel to.",
        WORKPLACE,
        10,
        classes="govuk-input--width-10",
        autocomplete="off",
    )
    arrival_notes = long_text(
        "How to find the way in (optional)", hint="For example, ring the bell at the blue gate"
    )
    step_free = one_of(
        "Can somebody get in without steps?",
        None,
        [("yes", "Yes"), ("no", "No"), ("unknown", "I do not know yet")],
    )
    insurance_expires_on = day(
        "When does your employers' liability insurance end?",
        "Write the day on the certificate.",
        "It is on the certificate. For example, 30 September 2027",
    )
    risk_assessed_on = day(
        "When did you last assess the risks for young people here?",
        "Write the day of the risk assessment.",
        "By law it must think of people under 18. For example, 1 March 2026",
    )

    def facts(self) -> SiteFacts:
        """Give what was typed, as the service takes it."""
        return SiteFacts(
            name=self.name.data,
            postcode=self.postcode.data,
            insurance_expires_on=self.insurance_expires_on.data,
            risk_assessed_on=self.risk_assessed_on.data,
            arrival_notes=self.arrival_notes.data,
            step_free={"yes": True, "no": False}.get(self.step_free.data),
        )


class ConfirmForm(PlainForm):
    """The first day of somebody who said yes."""

    supervisor = text(
        "Who looks after them?", "Write the name of the person who will look after them."
    )
    start_on = day("First day", "Write their first day.")
    time = time_of_day("What time should they come?", "Write a time, like 9am.")
    place = text("Where should they come to?", "Write where they should come to.")
    bring = text("What should they bring? (optional)", hint="For example, lunch and photo ID")
    wear = text("What should they wear? (optional)", hint="For example, boots. We lend a jacket")


class MoveForm(PlainForm):
    """Another first day."""

    start_on = day("New first day", "Write the new first day.")


def _asked(question: str) -> RadioField:
    return one_of(f"{ENDING_QUESTIONS[question]} (optional)", None, list(ENDING_ANSWERS.items()))


class WentForm(PlainForm):
    """How a placement went; nothing of it is needed."""

    days_attended = count(
        "How many days were they there? (optional)", hint="For example, 18. Half days count"
    )
    on_time, did_the_work, take_again = (_asked(question) for question in ENDING_QUESTIONS)
    reference_line = long_text(
        "A line they may use (optional)",
        hint="They read it and may show it to others, for example in an application. Write what"
        " they did well. Nothing about health or family. At most 300 characters",
        length=300,
    )
    hired = one_of(
        "Do they work for you from now on? (optional)",
        None,
        [("yes", "Yes"), ("no", "No"), ("not_known", "I do not know yet")],
        "They are told when you say yes, and may say that it is not right",
    )

    def told(self) -> Told:
        """Give what was said, as the service takes it."""
        asked = (*ENDING_QUESTIONS, "days_attended", "reference_line")
        said = {name: self[name].data for name in asked}
        said = {name: None if value in ("", None) else value for name, value in said.items()}
        return Told(**said, hired=self.hired.data or "")


class EndForm(WentForm):
    """How a placement ended."""

    how = one_of(
        "How did it end?",
        "Choose how it ended.",
        [
            ("finished", "They finished"),
            ("left", "They left early"),
            ("ended", "We ended it early"),
        ],
    )
    reason = long_text(
        "Why did it end early?",
        hint="Only if it ended early. The young person and who supports them will read it.",
        length=1000,
    )


class WhyForm(PlainForm):
    """A reason that the people it concerns read."""

    reason = long_text(
        "Why?", "Write the reason.", "The people it concerns will read it.", length=1000
    )


class PauseForm(PlainForm):
    """Until when a placement takes nobody new."""

    until = day("Open again on", "Write the day on which it opens again.")


class CapacityForm(PlainForm):
    """How many people may come."""

    capacity = count("How many places?", "Write how many places there are, like 3.")
