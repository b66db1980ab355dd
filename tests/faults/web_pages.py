"""Which page makes which move, for whom, and what to fill in: the moves of `lifecycles` by HTTP."""

from dataclasses import dataclass, field

from placements.domain.vocabulary import Kind, Role

WHY = {"reason": "Invented reason"}
LATER = {"until": ["20", "6", "2026"]}
CONFIRM = {
    "supervisor": "Zara",
    "start_on": ["13", "7", "2026"],
    "time": "9am",
    "place": "Canal Works",
}
JOB = {"kind": "JOB", "told_by": "The young person"}
OP, AP, EM, PR, YP = (
    Role.OPERATOR,
    Role.APPROVER,
    Role.EMPLOYER,
    Role.PROVIDER,
    Role.YOUNG_PERSON,
)


@dataclass(frozen=True)
class Page:
    """One form: who may send it, where, and which of the actions it makes from a state."""

    role: Role
    kind: Kind
    url: str
    actions: tuple[str, ...]
    fields: dict = field(default_factory=dict)


def _pages(role, kind, *rows):
    return [
        Page(role, kind, url, tuple(actions.split()), more[0] if more else {})
        for url, actions, *more in rows
    ]


PAGES = [
    *_pages(
        OP,
        Kind.PLACEMENT,
        ("/authority/placements/{id}/approve", "approve approve_full"),
        ("/authority/placements/{id}/ask-changes", "ask_changes", WHY),
        ("/authority/placements/{id}/refuse", "reject", WHY),
        ("/authority/placements/{id}/suspend", "suspend", WHY),
        ("/authority/placements/{id}/reinstate", "reinstate reinstate_full"),
    ),
    *_pages(
        OP,
        Kind.EMPLOYER,
        ("/authority/employers/{id}/verify", "verify"),
        ("/authority/employers/{id}/suspend", "suspend", WHY),
    ),
    *_pages(OP, Kind.MESSAGE, ("/authority/messages/{id}/retry", "retry")),
    *_pages(
        OP,
        Kind.ROUND,
        ("/authority/rounds/{id}/open", "open"),
        ("/authority/rounds/{id}/lock", "lock"),
        ("/authority/rounds/{id}/run", "solve"),
        ("/authority/rounds/{id}/run/again", "retry"),
        ("/authority/rounds/{id}/publish", "publish"),
        ("/authority/rounds/{id}/unlock", "unlock", WHY),
        ("/authority/rounds/{id}/cancel", "cancel", WHY),
    ),
    *_pages(
        AP,
        Kind.ROUND,
        ("/authority/rounds/{id}/approve", "approve"),
        ("/authority/rounds/{id}/send-back", "send_back", WHY),
    ),
    *_pages(
        EM,
        Kind.PLACEMENT,
        ("/employer/placements/{id}/new/check", "submit"),
        ("/employer/placements/{id}/pause", "pause", LATER),
        ("/employer/placements/{id}/resume", "resume resume_full"),
        ("/employer/placements/{id}/withdraw", "withdraw", WHY),
    ),
    *_pages(
        EM,
        Kind.ASSIGNMENT,
        ("/employer/people/{id}/confirm", "confirm", CONFIRM),
        ("/employer/people/{id}/came", "start"),
        ("/employer/people/{id}/did-not-come", "no_show"),
        ("/employer/people/{id}/end", "complete", {"how": "finished"}),
        ("/employer/people/{id}/end", "leave_early", {"how": "left", **WHY}),
        ("/employer/people/{id}/end", "end", {"how": "ended", **WHY}),
        ("/employer/people/{id}/cancel", "cancel_by_employer", WHY),
    ),
    *_pages(
        PR,
        Kind.APPLICATION,
        ("/provider/people/{id}/check", "submit answer accept"),
        ("/provider/people/{id}/eligibility", "accept"),
        ("/provider/people/{id}/because/ask", "ask", WHY),
        ("/provider/people/{id}/because/refuse", "refuse", WHY),
        ("/provider/people/{id}/because/withdraw", "withdraw", {**WHY, "how": "phone"}),
        ("/provider/people/{id}/because/hold", "hold", {"how": "phone"}),
        ("/provider/people/{id}/resume", "resume"),
    ),
    *_pages(
        PR,
        Kind.ASSIGNMENT,
        ("/provider/placed/{id}/answer", "accept", {"answer": "yes", "how": "phone"}),
        ("/provider/placed/{id}/answer", "decline", {"answer": "no", "how": "phone"}),
        ("/provider/placed/{id}/came", "start"),
        ("/provider/placed/{id}/did_not_come", "no_show"),
        ("/provider/placed/{id}/end", "complete", {"how": "finished"}),
        ("/provider/placed/{id}/end", "leave_early", {"how": "left", **WHY}),
        ("/provider/placed/{id}/end", "end", {"how": "ended", **WHY}),
        ("/provider/placed/{id}/cancel", "cancel_by_candidate", WHY),
    ),
    *_pages(
        PR,
        Kind.CHECKPOINT,
        ("/provider/outcomes/{id}", "record supersede", JOB),
        ("/provider/outcomes/{id}/give-up", "give_up"),
    ),
    *_pages(
        YP,
        Kind.APPLICATION,
        ("/me/check", "submit answer"),
        ("/me/break", "hold"),
        ("/me/back", "resume"),
        ("/me/data/stop", "withdraw"),
    ),
    *_pages(
        YP,
        Kind.ASSIGNMENT,
        ("/me/offer", "accept"),
        ("/me/offer/no", "decline"),
        ("/me/placement/here", "start"),
    ),
    *_pages(
        YP,
        Kind.CHECKPOINT,
        ("/me/c/{id}", "refuse", {"now": "not-say"}),
        ("/me/timeline/{id}/wrong", "dispute", {"now": "job"}),
    ),
]
