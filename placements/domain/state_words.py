"""Each state in the words of whoever reads it; dates and names are added by the page."""

from placements.domain.vocabulary import Kind, Role

YP, PR, EM, AU = Role.YOUNG_PERSON, Role.PROVIDER, Role.EMPLOYER, Role.OPERATOR
GONE = "This place is no longer there. It is not because of you"
LOOKING = "We are finding another place"


def _row(young: str, provider: str, employer: str, authority: str) -> dict[Role, str]:
    return {YP: young, PR: provider, EM: employer, AU: authority}


WORDS: dict[Kind, dict[str, dict[Role, str]]] = {
    Kind.PLACEMENT: {
        "pledged": _row("", "", "Promised, not described yet", "Pledged"),
        "draft": _row("", "", "Not finished", "Draft"),
        "submitted": _row("", "", "Being checked", "To check"),
        "changes_requested": _row("", "", "You need to change something", "With employer"),
        "live": _row("Open", "Open", "Live", "Live"),
        "full": _row("All places taken", "Full", "Full", "Full"),
        "paused": _row("Not open now", "Not open now", "Paused", "Paused"),
        "suspended": _row("Not open now", "Not open now", "On hold: call us", "Suspended"),
        "closed": _row("Closed", "Closed", "Closed", "Closed"),
        "withdrawn": _row("Closed", "Closed", "You withdrew it", "Withdrawn"),
    },
    Kind.APPLICATION: {
        "draft": _row("Not sent", "Draft", "", "Draft"),
        "submitted": _row("Sent, being checked", "Being checked", "", "To decide"),
        "info_requested": _row("We need one more thing", "Info asked for", "", "Info asked"),
        "ready": _row("You are in the next round", "Ready", "", "Ready"),
        "on_hold": _row("You are taking a break", "On hold", "", "On hold"),
        "ineligible": _row("You cannot join this one", "Cannot join", "", "Ineligible"),
        "withdrawn": _row("You stopped taking part", "Withdrawn", "", "Withdrawn"),
        "exited": _row("You have finished", "Finished", "", "Exited"),
        "anonymised": _row("Erased", "Erased", "", "Anonymised"),
    },
    Kind.ROUND: {
        "planned": _row("Not open yet", "Planned", "Planned", "Planned"),
        "open": _row("You can change your choices", "Open", "Open", "Open"),
        **{
            state: _row("Choices are closed", "Closed", "Closed", state.capitalize())
            for state in ("locked", "simulating", "proposed", "approved")
        },
        "failed": _row("Choices are closed", "Closed", "Closed", "Plan failed"),
        "published": _row("Answers are out", "Results out", "Results out", "Published"),
        "settling": _row("Answers are out", "Results out", "Results out", "Settling"),
        "final": _row("Finished", "Finished", "Finished", "Final"),
        "cancelled": _row(
            "Not run: you stay in for the next", "Cancelled", "Cancelled", "Cancelled"
        ),
    },
    Kind.ASSIGNMENT: {
        "reserve": _row("Not placed yet; still in line", "In line", "", "Reserve"),
        "offered": _row("You have an offer", "Waiting for answer", "Waiting for answer", "Offered"),
        "accepted": _row("You said yes", "Said yes", "Said yes: confirm", "Accepted"),
        "confirmed": _row("It is set", "Confirmed", "Confirmed", "Confirmed"),
        "declined": _row("You said no", "Said no", "Place open again", "Declined"),
        "lapsed": _row(
            "The time to answer ended", "No answer in time", "Place open again", "Lapsed"
        ),
        "offer_withdrawn": _row(GONE, "Offer taken back", "Place released", "Offer withdrawn"),
        "released": _row(GONE, "Offer taken back", "Place released", "Released"),
        "cancelled_by_candidate": _row(
            "You cancelled",
            "The young person cancelled",
            "They cannot come",
            "Cancelled by candidate",
        ),
        "cancelled_by_employer": _row(
            f"The employer cancelled. {LOOKING}",
            "The employer cancelled",
            "You cancelled",
            "Cancelled by employer",
        ),
        "cancelled_by_staff": _row(
            f"We cancelled. {LOOKING}",
            "Cancelled by the authority",
            "Cancelled by authority",
            "Cancelled by staff",
        ),
        "started": _row("You have started", "Started", "Started", "Started"),
        "did_not_start": _row(
            "We heard you did not start. Tell us", "Did not start", "Did not come", "Did not start"
        ),
        "completed": _row("You finished", "Finished", "Finished", "Completed"),
        "left_early": _row("You left early", "Left early", "Left early", "Left early"),
        "ended_by_employer": _row(
            "It ended early", "Ended early", "You ended it", "Ended by employer"
        ),
    },
    Kind.CHECKPOINT: {
        "scheduled": _row("Later", "Later", "Later", "Scheduled"),
        "due": _row("Tell us how it is going", "Due", "Still employed?", "Due"),
        "chasing": _row("Tell us how it is going", "Due", "Still employed?", "Chasing"),
        "recorded": _row("Thank you, noted", "Recorded", "Recorded", "Recorded"),
        "evidenced": _row("Confirmed", "Evidence", "Recorded", "Evidenced"),
        "verified": _row("Confirmed", "Verified", "Recorded", "Verified"),
        "disputed": _row("You said this is not right", "Disputed", "Disputed", "Disputed"),
        "unable_to_contact": _row(
            "We tried to reach you", "Could not reach", "Not known", "Unable to contact"
        ),
        "refused": _row("You chose not to say", "Chose not to say", "Not known", "Refused"),
        "not_applicable": _row("Not needed", "Not needed", "Not needed", "Not applicable"),
    },
    Kind.EMPLOYER: {
        "applied": _row("", "", "We are checking who you are", "To verify"),
        "verified": _row("", "", "Checked", "Verified"),
        "suspended": _row("", "", "On hold: call us", "Suspended"),
    },
}


def state_words(kind: Kind, state: str, role: Role) -> str:
    """Return how `role` reads the state of a record; raise KeyError for one they never see."""
    reader = AU if role in (Role.APPROVER, Role.SYSTEM) else role
    return WORDS[kind][state][reader]
