"""Every personal field that is kept: whose, what for, on what basis, how long, and who sees it.

This one table is what an answer to "what do you hold about me" is read from, what an erasure
empties, and what `data-inventory` prints. A column of any table is in it, or in `NOT_PERSONAL`;
a test walks the tables.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any


class After(Enum):
    """What an erasure does with a field, where it does not leave a plain value in it."""

    ROW_GOES = "the whole row goes"
    CODED = "a code that past figures count is left"
    STAYS = "stays: an id, a code, a count or a time, as the audit keeps"


ROW_GOES, CODED, STAYS = After.ROW_GOES, After.CODED, After.STAYS
GONE = "Erased"
NOBODY_NAMED = "Somebody whose details were erased"
YOUNG_PERSON = "young person"
GUARDIAN = "guardian"
MEMBER = "somebody who signs in"
SUPERVISOR = "supervisor"

PUBLIC_TASK = "public task (UK GDPR 6(1)(e))"
HEALTH = "public task, and substantial public interest for health and need (9(2)(g))"
CHOICE = "consent, given and taken back freely (6(1)(a), 9(2)(a))"
LEGAL = "legal duty to show what was done (6(1)(c))"
SECURITY = "legitimate interest in a service nobody breaks into (6(1)(f))"

WITH_THE_PERSON = "people"
SHORT = "sign_in"
WAITING = "imports"
ALWAYS = "always"
MEMBERSHIP = "members"
RETENTION = {
    WITH_THE_PERSON: "while the person takes part, then for the months that the region sets",
    SHORT: "until it ends or is used up, then for the days that the region sets",
    WAITING: "a day, or until its rows are added",
    ALWAYS: "for as long as the record of what was done is kept; says nothing of an erased person",
    MEMBERSHIP: "while they act for the organisation",
}

SELF, PROVIDER, EMPLOYER, STAFF = "the person", "their provider", "their employer", "the authority"
THEIRS = (SELF, PROVIDER, STAFF)
AT_WORK = (SELF, PROVIDER, EMPLOYER, STAFF)
NOBODY = ()


@dataclass(frozen=True)
class PersonalField:
    """One column that says something of somebody; `erased_to` is what an erasure leaves in it."""

    table: str
    column: str
    whose: str
    purpose: str
    basis: str
    retention: str
    seen_by: tuple[str, ...]
    erased_to: Any

    def to_dict(self) -> dict[str, Any]:
        """Return the line as a machine reads it."""
        left = self.erased_to.value if isinstance(self.erased_to, After) else "emptied"
        return {
            "table": self.table,
            "column": self.column,
            "whose": self.whose,
            "purpose": self.purpose,
            "basis": self.basis,
            "retention": RETENTION[self.retention],
            "seen_by": list(self.seen_by),
            "on_erasure": left,
        }


def _fields(
    table: str,
    columns: str,
    purpose: str,
    seen_by: tuple[str, ...],
    *,
    erased_to: Any = None,
    basis: str = PUBLIC_TASK,
    retention: str = WITH_THE_PERSON,
    whose: str = YOUNG_PERSON,
) -> tuple[PersonalField, ...]:
    about = (whose, purpose, basis, retention, seen_by, erased_to)
    return tuple(PersonalField(table, column, *about) for column in columns.split())


_SIGNING_IN = "to let them sign in, and nobody else"
_PLANNING = "to find placements they can reach and would like"
_OUTCOMES = "to learn what became of them, and count it"

INVENTORY: tuple[PersonalField, ...] = (
    # Who they are.
    *_fields("candidate", "name preferred_name", "to know who takes part", AT_WORK),
    *_fields("candidate", "date_of_birth", "to keep the rules of age and working time", THEIRS),
    *_fields("candidate", "email mobile", "to reach them", AT_WORK),
    *_fields("candidate", "postcode latitude longitude district", _PLANNING, THEIRS),
    *_fields("candidate", "point_is_approximate", _PLANNING, THEIRS, erased_to=False),
    *_fields(
        "candidate",
        "guardian_contact",
        "to reach who cares for somebody under 18",
        THEIRS,
        whose=GUARDIAN,
    ),
    *_fields("candidate", "guardian_copies_at", "to send a guardian what they agreed to", THEIRS),
    *_fields("candidate", "has_ehcp", "to keep the rule of age", THEIRS, basis=HEALTH),
    *_fields("candidate", "access_needs", "to find a fitting place", AT_WORK, basis=HEALTH),
    *_fields("candidate", "right_to_work_checked", "to keep the law on work", THEIRS),
    *_fields("candidate", "identity_key", "to know them again when registered twice", NOBODY),
    *_fields("candidate", "account_id", _SIGNING_IN, (STAFF,)),
    # What they asked for.
    *_fields("application", "reference", "to name an entry without naming a person", THEIRS,
             erased_to=STAYS),
    *_fields("application", "salt", "to seal their record", NOBODY, erased_to="0" * 32),
    *_fields("application", "modes", _PLANNING, THEIRS, erased_to=[]),
    *_fields("application", "max_minutes", _PLANNING, THEIRS, erased_to=60),
    *_fields("application", "availability sectors choices", _PLANNING, THEIRS, erased_to=[]),
    *_fields("application", "start_from start_to", _PLANNING, THEIRS),
    *_fields("application", "needs_met", _PLANNING, THEIRS, erased_to=[]),
    *_fields("application", "priority", "to place first who needs it most", THEIRS,
             erased_to=CODED, basis=HEALTH),
    *_fields("application", "never", _PLANNING, THEIRS, erased_to={}),
    *_fields("application", "consented_at", "to show that they agreed", THEIRS),
    *_fields("application", "reason", "to say why they were held up or stopped", THEIRS),
    *_fields("application", "counted_district", "to keep past figures as they were", (STAFF,),
             erased_to=STAYS, retention=ALWAYS),
    *_fields("application", "state candidate_id provider_id region_id",
             "to know how far they are and who supports them", THEIRS,
             erased_to=STAYS, retention=ALWAYS),
    *_fields("key_worker", "account_id chosen_at", "to know who looks after them", THEIRS,
             erased_to=ROW_GOES),
    *_fields("equality_answer", "question answer", "to see that all groups fare alike", (SELF,),
             erased_to=ROW_GOES, basis=CHOICE),
    # Where they were placed.
    *_fields("assignment", "reason", "to say what was decided and why", AT_WORK),
    *_fields("assignment", "receipt first_day", "to say what was decided and why", AT_WORK,
             erased_to={}),
    *_fields("assignment", "supervisor_name", "to say whom to ask for", AT_WORK, whose=SUPERVISOR),
    *_fields("assignment", "state offered_at deadline_at original_deadline_at answered_at start_on"
             " end_on round_id application_id candidate_id placement_id",
             "to keep an offer and its dates", AT_WORK, erased_to=STAYS, retention=ALWAYS),
    *_fields("assignment", "position", "to offer freed places in order", (STAFF,),
             erased_to=STAYS, retention=ALWAYS),
    *_fields("edge", "travel_minutes limit_minutes", _PLANNING, THEIRS, erased_to=0),
    *_fields("edge", "is_estimate checked_at", _PLANNING, THEIRS, erased_to=STAYS,
             retention=ALWAYS),
    *_fields("extension", "reason", "to say why a date moved", THEIRS, erased_to="",
             basis=LEGAL),
    *_fields("extension", "from_at to_at", "to say why a date moved", THEIRS, erased_to=STAYS,
             basis=LEGAL, retention=ALWAYS),
    *_fields("agreement", "hours_per_week", "to agree on the placement", AT_WORK),
    *_fields("agreement", "dbs_applied_on dbs_sent_on dbs_back_on",
             "to see how far a check is that the role allows", AT_WORK),
    *_fields("agreement", "supervisor_name", "to agree on the placement", AT_WORK,
             whose=SUPERVISOR),
    *_fields("signature", "party signed_at how", "to show who agreed, and when", AT_WORK,
             erased_to=STAYS, basis=LEGAL, retention=ALWAYS),
    *_fields("attendance", "day planned came reason", "to know that they are well and there",
             AT_WORK, erased_to=ROW_GOES),
    *_fields("ending", "days_attended on_time did_the_work take_again reference_line told_at",
             "to say how a placement went, and give them words to use", AT_WORK,
             erased_to=ROW_GOES),
    # What became of them.
    *_fields("checkpoint", "kind state due_on window_opens_on window_closes_on", _OUTCOMES,
             THEIRS, erased_to=STAYS, retention=ALWAYS),
    *_fields("outcome", "kind from_on to_on hours_per_week is_temporary training hired source"
             " evidence_level recorded_at", _OUTCOMES, THEIRS, erased_to=STAYS,
             retention=ALWAYS),
    *_fields("outcome", "with_whom", _OUTCOMES, THEIRS, erased_to=CODED),
    *_fields("outcome", "scheme reason", _OUTCOMES, THEIRS),
    *_fields("outcome", "evidence", _OUTCOMES, THEIRS, erased_to=GONE),
    *_fields("next_step", "kind due_on", "so that nobody is left without a next step", THEIRS,
             erased_to=STAYS, retention=ALWAYS),
    # What a round kept of them.
    *_fields("snapshot_record", "body salt", "to show that a round was run on these facts",
             (STAFF,), basis=LEGAL),
    *_fields("snapshot_record", "record_hash", "to show that a round was run on these facts",
             (STAFF,), erased_to=STAYS, basis=LEGAL, retention=ALWAYS),
    *_fields("plan", "sealed", "to show what was planned, by reference", (STAFF,),
             erased_to=STAYS, basis=LEGAL, retention=ALWAYS),
    *_fields("plan_row", "reasons", "to say why somebody has a place or none", (STAFF,),
             erased_to=CODED),
    *_fields("plan_row", "placement_id choice_rank minutes_there minutes_back is_estimate",
             "to show what was planned", (STAFF,), erased_to=STAYS, basis=LEGAL,
             retention=ALWAYS),
    *_fields("skip", "reason", "to say why an offer was not made", (STAFF,), erased_to=GONE),
    *_fields("skip", "skipped_at", "to say why an offer was not made", (STAFF,), erased_to=STAYS,
             retention=ALWAYS),
    # What they were told, and how they sign in.
    *_fields("account", "name email mobile", _SIGNING_IN, (SELF, STAFF)),
    *_fields("account", "language prefers", "to reach them in the way they asked for",
             (SELF, PROVIDER, STAFF)),
    *_fields("session", "token_hash created_at expires_at ended_at", _SIGNING_IN, (SELF,),
             erased_to=ROW_GOES, basis=SECURITY, retention=SHORT),
    *_fields("link", "purpose subject_id token_hash code_hash n_wrong_codes expires_at used_at",
             _SIGNING_IN, NOBODY, erased_to=ROW_GOES, basis=SECURITY, retention=SHORT),
    *_fields("sign_in_attempt", "key_hash happened_at", "to stop guessing", NOBODY,
             erased_to=ROW_GOES, basis=SECURITY, retention=SHORT),
    *_fields("idempotency_key", "key used_at answer", "so that a form sent twice counts once",
             NOBODY, erased_to=ROW_GOES, basis=SECURITY, retention=SHORT),
    *_fields("message", "channel template state send_at sent_at n_tries last_error",
             "to know what they were told, and when", THEIRS, erased_to=STAYS,
             retention=ALWAYS),
    *_fields("import_run", "content errors", "to show a file before its rows are added",
             (PROVIDER,), erased_to=ROW_GOES, retention=WAITING),
    # What they asked us about their data.
    *_fields("rights_request", "words", "to answer what they asked about their data", THEIRS,
             basis=LEGAL),
    *_fields("rights_request", "kind asked_at due_on closed_at result",
             "to answer what they asked about their data", THEIRS, erased_to=STAYS, basis=LEGAL,
             retention=ALWAYS),
    *_fields("erasure_list", "erased_at emptied_at", "so that no restore brings them back",
             (STAFF,), erased_to=STAYS, basis=LEGAL, retention=ALWAYS),
    # People who act for an organisation.
    *_fields("authority_member", "power", "to know who may decide", (STAFF,), whose=MEMBER,
             erased_to=STAYS, retention=MEMBERSHIP),
    *_fields("employer_member", "job_title", "to know whom to call", (EMPLOYER, STAFF),
             whose=MEMBER, erased_to=STAYS, retention=MEMBERSHIP),
    *_fields("placement", "supervisor_name supervisor_role", "to say whom to ask for", AT_WORK,
             whose=SUPERVISOR, erased_to=STAYS, retention=MEMBERSHIP),
)  # fmt: skip

NOT_PERSONAL: dict[str, str] = {
    "account": "id erased",
    "agreement": "id assignment_id insurance_expires_on risk_assessed_on",
    "api_key": "id role organisation_id region_id name key_hash made_at ended_at",
    "application": "id version",
    "assignment": "id version",
    "attendance": "id assignment_id",
    "audit_head": "id seq hash",
    "authority_member": "id account_id region_id",
    "candidate": "id",
    "checkpoint": "id version assignment_id application_id",
    "edge": "application_id placement_id",
    "employer": "id region_id name companies_house_number sector cap state version",
    "employer_member": "id employer_id account_id",
    "ending": "id assignment_id told_by",
    "equality_answer": "id candidate_id",
    "erasure_list": "candidate_id",
    # The audit and histories hold ids, codes and times only (I-29).
    "event": "seq happened_at role account_id action kind record_id from_state to_state"
    " request_id prev_hash hash",
    "extension": "id assignment_id extended_by",
    "gazetteer_postcode": "postcode latitude longitude terminated source",
    "history": "id kind record_id version from_state action to_state moved_at event_seq",
    "idempotency_key": "account_id",
    "import_run": "id kind file_hash account_id organisation_id started_at n_new n_same n_bad",
    "key_worker": "id application_id",
    "lease": "name holder epoch expires_at",
    "link": "id account_id",
    "message": "id key event_seq account_id subject_kind subject_id version",
    "next_step": "id round_id application_id",
    "occurrence": "id schedule subject_id due_at done_at reason lease_epoch state version",
    "outcome": "id checkpoint_id recorded_by verified_by supersedes_id",
    "placement": "id reference employer_id site_id title sector summary start_from start_to"
    " duration_weeks shifts capacity_min capacity_likely capacity_max capacity held group_min"
    " min_age needs dbs_reason adjustments travel_support pay checked_at paused_until reason"
    " n_pledged last_published state version",
    "plan": "id round_id snapshot_hash policy_hash plan_hash mechanism is_cascade checked_ok"
    " chosen solved_at solve_seconds figures",
    "plan_row": "id plan_id application_id",
    "pledge": "id employer_id answer n_places reason period made_at ask_again_on source",
    "provider": "id region_id name",
    "provider_member": "id provider_id account_id",
    "region": "id code name timezone settings settings_version",
    "rights_request": "id candidate_id asked_by asked_by_role closed_by",
    "round": "id region_id name opens_at locks_at release_at answer_days policy seed snapshot_hash"
    " plan_hash approved_plan_hash locked_by solved_by chosen_by approved_by reason state version",
    "session": "id account_id",
    "sign_in_attempt": "id",
    "signature": "id agreement_id account_id",
    "site": "id employer_id name postcode latitude longitude point_is_approximate district"
    " arrival_notes step_free insurance_expires_on risk_assessed_on",
    "skip": "id round_id application_id placement_id",
    "snapshot": "id round_id snapshot_hash taken_at n_candidates n_placements",
    "snapshot_record": "id snapshot_id kind record_id",
    "transition": "kind from_state action to_state",
}
