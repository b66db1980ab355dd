"""The columns of the files that can be sent in; importer, template and help read these."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name in the first line, whether it must be filled, and what to write."""

    name: str
    required: bool
    example: str
    write: str


WEEKDAY_COLUMNS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
N_CHOICE_COLUMNS = 6
LIST_SEPARATOR = ";"

_DATE = "A date as year-month-day or day/month/year"
_YES_NO = "yes or no; leave empty if not known"
_FROM_TO = "From and to on a 24-hour clock, as 09:00-17:00; empty if none; more than one with ;"


def _days(example: str) -> tuple[Column, ...]:
    return tuple(
        Column(day, False, example if day not in ("sat", "sun") else "", _FROM_TO)
        for day in WEEKDAY_COLUMNS
    )


PLACEMENT_COLUMNS = (
    Column("reference", True, "PL-0001", "Your own reference, different on every row"),
    Column("employer", True, "Lockside Precision (invented)", "The employer's name"),
    Column("employer_email", True, "priya.nair.1@lockside.example", "Who answers for the employer"),
    Column("site_name", True, "Canal Works", "The name of the workplace"),
    Column("site_postcode", True, "DY4 8AA", "The postcode people travel to"),
    Column("insurance_expires", True, "2027-09-30", f"Employers' liability expiry. {_DATE}"),
    Column("risk_assessed", True, "2026-09-01", f"Young-person risk assessment. {_DATE}"),
    Column("title", True, "Workshop helper", "What the placement is called"),
    Column("sector", True, "engineering", "One sector code of the region"),
    Column("summary", True, "Morning: set up a lathe.", "What you will do, hour by hour"),
    Column("start_from", True, "2027-01-11", f"First possible start. {_DATE}"),
    Column("start_to", True, "2027-02-08", f"Last possible start. {_DATE}"),
    Column("weeks", True, "6", "How many weeks, 1 to 52"),
    *_days("09:00-16:30"),
    Column("sure_of", True, "1", "Places you are sure of, 0 or more"),
    Column("likely", True, "2", "Places you will likely have, 1 or more"),
    Column("most", True, "3", "The most places you could have"),
    Column("fewest_to_run", False, "", "Runs only with this many people; empty if it always runs"),
    Column("min_age", False, "16", "Youngest age, 16 to 24; empty means 16"),
    Column("needs", False, "driving_licence", "Codes with ;: driving_licence, enhanced_dbs"),
    Column("dbs_reason", False, "", "Why the role allows a DBS check; needed with enhanced_dbs"),
    Column("adjustments", False, "Later start possible", "What you can change for someone"),
    Column("travel_support", False, "Bus fares paid back", "Help with travel"),
    Column("pay", False, "£6.40 a day for lunch", "Pay or expenses"),
    Column("supervisor_name", True, "Sam Reed (invented)", "Who looks after the person"),
    Column("supervisor_role", True, "Team leader", "That person's job"),
)

APPLICATION_COLUMNS = (
    Column("reference", True, "AP-0001", "Your own reference, different on every row"),
    Column("provider", False, "Black Country Skills Centre (invented)", "Who registers them"),
    Column("name", True, "Amara Hillcott (invented)", "Full name"),
    Column("preferred_name", False, "Amara", "The name they use"),
    Column("date_of_birth", True, "2008-05-14", _DATE),
    Column("email", False, "amara.hillcott@young.example", "An email or a mobile is needed"),
    Column("mobile", False, "07700 900123", "An email or a mobile is needed"),
    Column("postcode", True, "WS1 1TP", "Home postcode"),
    Column("guardian_contact", False, "guardian@home.example", "Needed for people under 18"),
    Column("ehcp", False, "no", f"Education, health and care plan: {_YES_NO}"),
    Column("access_needs", False, "", "What helps at work, in their words"),
    Column("right_to_work", False, "yes", f"Right to work checked: {_YES_NO}"),
    Column("consent", True, "yes", "They agreed to take part: yes or no"),
    Column("modes", False, "walk;bus", "Ways of travelling with ;: walk, cycle, bus, train, car"),
    Column("max_minutes", False, "60", "Longest journey one way, 5 to 180; empty means 60"),
    *_days("08:00-18:00"),
    Column("start_from", True, "2027-01-04", f"First possible start. {_DATE}"),
    Column("start_to", False, "2027-04-30", f"Last possible start. {_DATE}"),
    Column("sectors", False, "engineering;green", "Sector codes they like, with ;"),
    *(
        Column(f"choice_{n}", False, "PL-0001" if n == 1 else "", f"Placement reference ranked {n}")
        for n in range(1, N_CHOICE_COLUMNS + 1)
    ),
    Column("never_placements", False, "", "Placement references never to offer, with ;"),
    Column("never_employers", False, "", "Employer names never to offer, with ;"),
    Column("never_sectors", False, "", "Sector codes never to offer, with ;"),
    Column("needs_met", False, "driving_licence", "Codes with ;: driving_licence, enhanced_dbs"),
    Column("priority", False, "care_leaver", "Priority group codes of the region, with ;"),
    Column(
        "before",
        False,
        "NEET_SEEK",
        "What they do now, before any placement, if you know it: a kind of outcome, like JOB, APP,"
        " EDU_FT, TRAIN, NEET_SEEK, or REFUSED if they chose not to say",
    ),
)

OUTCOME_COLUMNS = (
    Column("reference", True, "A-000001", "The reference of the young person's application"),
    Column(
        "question",
        True,
        "W4",
        "BASE (before any placement), START, MID, END, W4, M3, M6 or M12",
    ),
    Column("kind", True, "JOB", "A kind of outcome, like JOB, APP, EDU_FT, TRAIN or NEET_SEEK"),
    Column("since", False, "2026-07-06", f"The first day of it. {_DATE}"),
    Column("until", False, "", f"The last day, if it ended. {_DATE}"),
    Column("hours", False, "30", "Hours a week"),
    Column("temporary", False, "no", _YES_NO),
    Column("training", False, "none", "With a job: none, other or regulated"),
    Column("scheme", False, "", "With studies or training: what kind, like traineeship"),
    Column("with_whom", False, "Lockside Precision (invented)", "The employer, school or course"),
    Column("hired", False, "yes", f"Is it where the placement was? {_YES_NO}"),
    Column("reason", False, "", "Who told you; or why they cannot start: carer, parent, illness"),
    Column("evidence", False, "Payslip of July", "Which paper you have seen, if any"),
)
