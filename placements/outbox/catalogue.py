"""Every message as one row: whom it is for, when, which ways it may go, and how it behaves."""

from dataclasses import dataclass

BOTH = ("email", "text")
EMAIL, EMAIL_FIRST, TEXT_FIRST = ("email",), ("email", "text"), ("text", "email")
YOUNG, EMPLOYER, PROVIDER, STAFF = "young_person", "employer", "provider", "operator"
GUARDIAN = "guardian"


@dataclass(frozen=True)
class Template:
    """One kind of message; its words are in `templates/emails` and `templates/texts`.

    `event` and `when` say in words what it tells of and when it leaves. `ways` are tried in order;
    the first that the person can be reached by is taken, or every one of them where `all_ways` is
    set. A chase asks again for what its reader owes an answer to, and nobody is chased twice
    within a day; a message that `names_all` who wait speaks for the others of its kind on that
    day, which are then not needed.
    """

    name: str
    role: str
    ways: tuple[str, ...]
    event: str
    when: str
    all_ways: bool = False
    is_chase: bool = False
    names_all: bool = False
    at_night: bool = False
    words: str = ""

    @property
    def file_name(self) -> str:
        """The file of its words, without the ending."""
        return self.words or self.name


ROWS = (
    Template("sign_in", "anyone", BOTH, "Sign-in asked", "at once", at_night=True),
    Template("invited", "anyone", EMAIL, "Invited to act for an organisation", "at once"),
    Template("registered", YOUNG, BOTH, "Registered or imported", "at once", all_ways=True),
    Template("thing_missing", YOUNG, TEXT_FIRST, "One thing missing", "at once"),
    Template("thing_missing_of", PROVIDER, EMAIL, "One thing missing", "at once"),
    Template(
        "thing_missing_again",
        YOUNG,
        TEXT_FIRST,
        "One thing missing",
        "after 3 working days, 9am",
        is_chase=True,
        words="thing_missing",
    ),
    Template(
        "thing_missing_of_again",
        PROVIDER,
        EMAIL,
        "One thing missing",
        "after 3 working days, 9am",
        is_chase=True,
        words="thing_missing_of",
    ),
    Template(
        "entry_asked_again",
        YOUNG,
        TEXT_FIRST,
        "One thing missing",
        "when the provider asks again",
        is_chase=True,
    ),
    Template("round_opens", YOUNG, TEXT_FIRST, "Round opens", "that day, 10am"),
    Template(
        "round_opens_for", PROVIDER, EMAIL, "Round opens", "that day, 10am", words="round_for"
    ),
    Template(
        "round_locks_in_5",
        YOUNG,
        TEXT_FIRST,
        "Choices close",
        "5 days before, 10am",
        is_chase=True,
        words="round_locks",
    ),
    Template(
        "round_locks_in_5_for",
        PROVIDER,
        EMAIL,
        "Choices close",
        "5 days before, 10am",
        words="round_for",
    ),
    Template(
        "round_locks_in_1",
        YOUNG,
        TEXT_FIRST,
        "Choices close",
        "1 day before, 10am",
        is_chase=True,
        words="round_locks",
    ),
    Template(
        "round_locks_in_1_for",
        PROVIDER,
        EMAIL,
        "Choices close",
        "1 day before, 10am",
        words="round_for",
    ),
    Template("placement_approved", EMPLOYER, EMAIL, "Placement approved", "at once"),
    Template("placement_changes", EMPLOYER, EMAIL, "Change asked", "at once"),
    Template("placement_refused", EMPLOYER, EMAIL, "Placement refused", "at once"),
    Template(
        "still_true_30",
        EMPLOYER,
        EMAIL,
        "Still true?",
        "after 30 days, 9am",
        is_chase=True,
        names_all=True,
        words="still_true",
    ),
    Template(
        "still_true_40",
        EMPLOYER,
        BOTH,
        "Still true?",
        "after 40 days, 9am",
        all_ways=True,
        is_chase=True,
        names_all=True,
        words="still_true",
    ),
    Template(
        "placement_paused",
        EMPLOYER,
        EMAIL,
        "Still true?",
        "after 45 days, when it pauses",
        names_all=True,
    ),
    Template("people_coming", EMPLOYER, EMAIL, "People are coming", "when choices close"),
    Template("offer", YOUNG, BOTH, "Offer", "at the release", all_ways=True),
    Template("offer_guardian", GUARDIAN, BOTH, "Offer", "at the release"),
    Template("no_place", YOUNG, EMAIL_FIRST, "No place", "in the same minute as offers"),
    Template(
        "offer_half_time", YOUNG, TEXT_FIRST, "Offer not answered", "half time, 10am", is_chase=True
    ),
    Template(
        "offer_last_day", YOUNG, TEXT_FIRST, "Offer not answered", "last day, 10am", is_chase=True
    ),
    # The one message that may follow another within a day (domain.md, Assignment).
    Template(
        "offer_last_evening",
        YOUNG,
        TEXT_FIRST,
        "Offer not answered",
        "last day, 6pm",
        words="offer_last_day",
    ),
    Template(
        "offer_asked_again",
        YOUNG,
        TEXT_FIRST,
        "Offer not answered",
        "when the provider asks again",
        is_chase=True,
    ),
    Template("not_answered", PROVIDER, EMAIL, "Offer not answered", "last day, 9am"),
    Template("said_yes", EMPLOYER, BOTH, "Yes", "at once", all_ways=True),
    Template("yes_given_for", YOUNG, TEXT_FIRST, "Said by the provider", "at once"),
    Template("entry_changed_for", YOUNG, TEXT_FIRST, "Said by the provider", "at once"),
    Template(
        "not_confirmed",
        EMPLOYER,
        EMAIL,
        "Not confirmed",
        "after 3 working days, 9am",
        is_chase=True,
        names_all=True,
    ),
    Template(
        "not_confirmed_for_staff",
        STAFF,
        EMAIL,
        "Not confirmed",
        "after 5 working days, 9am",
        names_all=True,
    ),
    Template("place_open_again", EMPLOYER, EMAIL, "No, ended or cancelled", "at once"),
    Template("place_ended", YOUNG, BOTH, "No, ended or cancelled", "at once", all_ways=True),
    Template("person_left", PROVIDER, EMAIL, "No, ended or cancelled", "at once"),
    Template("place_changed", YOUNG, BOTH, "Placement changed", "at once", all_ways=True),
    Template("agreement_young_person", YOUNG, BOTH, "Agreement waits", "at once", all_ways=True),
    Template("agreement_guardian", GUARDIAN, BOTH, "Agreement waits", "at once"),
    Template("agreement_employer", EMPLOYER, EMAIL, "Agreement waits", "at once"),
    Template("agreement_provider", PROVIDER, EMAIL, "Agreement waits", "at once"),
    Template(
        "agreement_young_person_again",
        YOUNG,
        TEXT_FIRST,
        "Agreement waits",
        "after 2 working days, 9am",
        is_chase=True,
        words="agreement_young_person",
    ),
    Template(
        "agreement_guardian_again",
        GUARDIAN,
        BOTH,
        "Agreement waits",
        "after 2 working days, 9am",
        words="agreement_guardian",
    ),
    Template(
        "agreement_employer_again",
        EMPLOYER,
        EMAIL,
        "Agreement waits",
        "after 2 working days, 9am",
        is_chase=True,
        words="agreement_employer",
    ),
    Template(
        "agreement_provider_again",
        PROVIDER,
        EMAIL,
        "Agreement waits",
        "after 2 working days, 9am",
        is_chase=True,
        words="agreement_provider",
    ),
    Template(
        "start_next_week", YOUNG, TEXT_FIRST, "First day", "7 days before, 10am", words="start_soon"
    ),
    Template(
        "start_tomorrow", YOUNG, TEXT_FIRST, "First day", "1 day before, 10am", words="start_soon"
    ),
    Template("start_today", YOUNG, TEXT_FIRST, "First day", "that day, 8am", words="start_soon"),
    Template(
        "person_starts_next_week",
        EMPLOYER,
        EMAIL,
        "First day",
        "7 days before, 10am",
        words="person_starts",
    ),
    Template(
        "person_starts_tomorrow",
        EMPLOYER,
        EMAIL,
        "First day",
        "1 day before, 10am",
        words="person_starts",
    ),
    Template(
        "person_starts_today", EMPLOYER, EMAIL, "First day", "that day, 8am", words="person_starts"
    ),
    Template(
        "not_started", PROVIDER, TEXT_FIRST, "Nobody said started", "that day, 11am", names_all=True
    ),
    Template("first_day_moved", YOUNG, BOTH, "First day moved", "at once", all_ways=True),
    Template("first_day_moved_of", PROVIDER, EMAIL, "First day moved", "at once"),
    Template("end_tomorrow", YOUNG, TEXT_FIRST, "End tomorrow", "1 day before, 10am"),
    Template("person_ends_tomorrow", EMPLOYER, EMAIL, "End tomorrow", "1 day before, 10am"),
    Template("checkpoint", YOUNG, TEXT_FIRST, "Question", "its day, 10am"),
    Template(
        "checkpoint_late",
        PROVIDER,
        EMAIL,
        "Question",
        "after 5 days, 10am",
        is_chase=True,
        names_all=True,
    ),
    Template(
        "checkpoint_hired",
        EMPLOYER,
        EMAIL,
        "Question",
        "after 10 days, 10am",
        is_chase=True,
        names_all=True,
    ),
    Template("outcome_recorded", YOUNG, EMAIL_FIRST, "Outcome told by another", "at once"),
    Template("plan_failed", STAFF, EMAIL, "Plan failed", "at once"),
    Template("fairness_fails", STAFF, EMAIL, "Fairness fails", "at once"),
    Template("message_stuck", STAFF, EMAIL, "Message stuck", "at once", names_all=True),
)

TEMPLATES = {row.name: row for row in ROWS}
