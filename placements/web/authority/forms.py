"""What staff type."""

from datetime import datetime

from placements.domain.data_requests import KINDS as REQUEST_KINDS
from placements.domain.policy_words import MECHANISM_NAMES, PIN_REASONS
from placements.domain.round_dates import RoundDates, at_london
from placements.services.reading import PURPOSES
from placements.web.forms import (
    PlainForm,
    count,
    day,
    long_text,
    one_of,
    some_of,
    text,
    time_of_day,
)

DAY_HINT = "For example, 4 6 2026"
INSTANTS = ("opens", "locks", "release")


class RoundForm(PlainForm):
    """A name and three instants; a release on a day off needs a second word."""

    name = text("Name", "Write a name, like Summer 2026.")
    opens_on = day("Opens on", "Write the day on which choices open.", DAY_HINT)
    opens_time = time_of_day("Opens at", "Write a time, like 10am.")
    locks_on = day("Locks on", "Write the day on which choices close.", DAY_HINT)
    locks_time = time_of_day("Locks at", "Write a time, like 5pm.")
    release_on = day("Results go out on", "Write the day on which results go out.", DAY_HINT)
    release_time = time_of_day(
        "Results go out at", "Write a time, like 10am.", "Between 8am and 8pm"
    )
    sure = some_of("Release on a day off", [("yes", "Yes, send the results on that day")])

    def dates(self) -> tuple[datetime, datetime, datetime]:
        """Return the three instants that were typed."""
        opens, locks, release = (
            at_london(self[f"{name}_on"].data, self[f"{name}_time"].data) for name in INSTANTS
        )
        return opens, locks, release

    def is_readable(self) -> bool:
        """Say whether all days and times are there."""
        return all(self[f"{n}_{part}"].data for n in INSTANTS for part in ("on", "time"))


def round_values(dates: RoundDates, zone) -> dict:
    """Return dates as the boxes of the form hold them."""
    instants = zip(INSTANTS, (dates.opens_at, dates.locks_at, dates.release_at), strict=True)
    values: dict = {"name": dates.name}
    for name, instant in instants:
        local = instant.astimezone(zone)
        values |= {f"{name}_on": local.date(), f"{name}_time": local.time()}
    return values


class MechanismForm(PlainForm):
    """Another plan for the same seal."""

    mechanism = one_of("Make it by", "Choose one.", list(MECHANISM_NAMES.items()))


AIMS_TO_PICK = [
    ("priority", "People in the priority groups"),
    ("choice", "The placement people ranked highest"),
    ("travel", "Short journeys"),
]


class RulesForm(PlainForm):
    """The rules of a round: how, what counts first, for whom, and the gate."""

    mechanism = one_of("How places are given", "Choose one.", list(MECHANISM_NAMES.items()))
    first = one_of("After the most people placed, what counts first?", "Choose one.", AIMS_TO_PICK)
    second = one_of("What counts second?", "Choose one.", AIMS_TO_PICK)
    third = one_of("What counts third?", "Choose one.", AIMS_TO_PICK)
    groups = some_of("Priority groups", [], "None ticked: all groups of the region count the same.")
    gate = count(
        "Fairness gate",
        "Write a whole number from 0 to 100.",
        "No group may clearly be placed less often than this share, in 100, of everybody’s rate.",
    )
    seed = count(
        "Number the lottery starts from",
        "Write a whole number.",
        "The same records, rules and number give the same plan on any machine.",
    )


class CapForm(PlainForm):
    """The most people one employer takes in a round."""

    cap = count("Most people in one round", None, "Leave it empty for no limit.")


class SettleForm(PlainForm):
    """What is right in the end."""

    what = one_of("What is right?", "Choose one.", [])


class PinForm(PlainForm):
    """A pair that must, or must not, be together."""

    way = one_of(
        "What should hold?",
        "Choose one.",
        [("must", "This person must go to this placement"), ("must_not", "They must not")],
    )
    person = text("Person", "Copy a reference from the plan.", "Like A-000123", 20)
    place = text("Placement", "Copy a reference from the plan.", "Like P-000123", 20)
    reason = one_of("Why", "Choose a reason.", list(PIN_REASONS.items()))


class ReceiptForm(PlainForm):
    """Whose line of the plan, and what for."""

    reference = text(
        "Reference", "Copy a reference from the list.", "Like A-000123", 20, spellcheck=False
    )
    purpose = one_of("What do you need it for?", "Choose one.", list(PURPOSES.items()))


class PurposeForm(PlainForm):
    """What a person's receipt is read for."""

    purpose = one_of("What do you need it for?", "Choose one.", list(PURPOSES.items()))


class AskedForm(PlainForm):
    """What somebody asked about their data by letter, phone or in person."""

    reference = text(
        "Reference", "Copy a reference from the list.", "Like A-000123", 20, spellcheck=False
    )
    kind = one_of("What is it?", "Choose one.", list(REQUEST_KINDS.items()))
    words = long_text("What they wrote, or what needs the data", None, "Needed to keep data.", 1000)


class EraseForm(PlainForm):
    """Erasing somebody: what runs ends first, if staff say so."""

    stop = some_of("What runs now", [("yes", "End their offer or placement first")])


class ApproveForm(PlainForm):
    """Both hashes, ticked one by one; each box holds the hash that was read."""

    snapshot_hash = some_of("The sealed records", [])
    plan_hash = some_of("The plan", [])
    override = long_text(
        "Why it may go out although a group falls short", None, "It is kept with the round.", 1000
    )

    def show(self, snapshot_hash: str, plan_hash: str) -> "ApproveForm":
        """Offer the two hashes to tick."""
        self.snapshot_hash.choices = [(snapshot_hash, snapshot_hash)]
        self.plan_hash.choices = [(plan_hash, plan_hash)]
        for field in (self.snapshot_hash, self.plan_hash):
            field.validate_choice = False
        return self

    def are_ticked(self) -> bool:
        """Say whether both boxes are ticked, and mark the one that is not."""
        for field in (self.snapshot_hash, self.plan_hash):
            if not field.data:
                words = field.label.text.lower()
                self.add_error(field.name, f"Tick the hash of {words}, once you have read it.")
        return not self.errors


class SendBackForm(PlainForm):
    """What is wrong with the plan."""

    reason = long_text(
        "What needs to change", "Write what needs to change.", "Who prepared the plan reads it."
    )
