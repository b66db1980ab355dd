"""Every lifecycle as a table: one row a move, shared by services, pages, tests and the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from placements.domain.errors import IllegalMove, NotAllowed
from placements.domain.vocabulary import Kind, Role

NONE = ""
OP, AP, EM, PR, YP, SY = (
    Role.OPERATOR,
    Role.APPROVER,
    Role.EMPLOYER,
    Role.PROVIDER,
    Role.YOUNG_PERSON,
    Role.SYSTEM,
)


@dataclass(frozen=True)
class Move:
    """One legal move; `needs_reason` moves are refused without one."""

    action: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset[Role]
    needs_reason: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """The moves of one kind of record and the states it may be in."""

    kind: Kind
    moves: tuple[Move, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order in which the table first names them."""
        named = (s for move in self.moves for s in (*move.sources, move.target))
        return tuple(dict.fromkeys(state for state in named if state != NONE))

    @property
    def initial_states(self) -> tuple[str, ...]:
        """States a record may be created in."""
        return tuple(dict.fromkeys(m.target for m in self.moves if NONE in m.sources))

    @property
    def terminal_states(self) -> tuple[str, ...]:
        """States no row leaves."""
        left = {source for move in self.moves for source in move.sources}
        return tuple(state for state in self.states if state not in left)

    @property
    def edges(self) -> tuple[tuple[str, str, str], ...]:
        """Every `(from, action, to)`; a creation has the empty string as its from."""
        return tuple((s, m.action, m.target) for m in self.moves for s in m.sources)


def _move(action: str, sources: str, target: str, *roles: Role, reason: bool = False) -> Move:
    names = tuple(NONE if word == "-" else word for word in sources.split())
    return Move(action, names, target, frozenset(roles), reason)


_OPEN_PLACEMENT = "pledged draft submitted changes_requested live paused full"
_OPEN_APPLICATION = "draft submitted info_requested ready on_hold"

PLACEMENT = Lifecycle(
    Kind.PLACEMENT,
    (
        _move("pledge", "-", "pledged", EM, OP, SY),
        _move("describe", "- pledged", "draft", EM, SY),
        _move("submit", "draft changes_requested", "submitted", EM, SY),
        _move("approve", "submitted", "live", OP),
        _move("approve_full", "submitted", "full", OP),
        _move("ask_changes", "submitted", "changes_requested", OP, reason=True),
        _move("reject", "submitted", "closed", OP, reason=True),
        _move("pause", "live", "paused", EM, OP, SY),
        _move("resume", "paused", "live", EM, OP, SY),
        _move("resume_full", "paused", "full", EM, OP, SY),
        _move("change", "live full paused", "submitted", EM),
        _move("fill", "live", "full", SY),
        _move("free", "full", "live", SY),
        _move("close", "live paused full", "closed", EM, SY),
        _move("withdraw", _OPEN_PLACEMENT, "withdrawn", EM, reason=True),
        _move("suspend", "live paused full", "suspended", OP, reason=True),
        _move("reinstate", "suspended", "live", OP),
        _move("reinstate_full", "suspended", "full", OP),
    ),
)

APPLICATION = Lifecycle(
    Kind.APPLICATION,
    (
        _move("begin", "-", "draft", PR, YP, SY),
        _move("submit", "draft", "submitted", PR, YP, SY),
        _move("ask", "submitted", "info_requested", OP, PR, reason=True),
        _move("answer", "info_requested", "submitted", YP, PR),
        _move("accept", "submitted", "ready", PR, OP, SY),
        _move("refuse", "submitted", "ineligible", PR, OP, reason=True),
        _move("hold", "ready", "on_hold", YP, PR),
        _move("resume", "on_hold", "ready", YP, PR),
        _move("withdraw", _OPEN_APPLICATION, "withdrawn", YP, PR),
        _move("exit", "ready on_hold", "exited", SY, PR),
        _move("anonymise", "exited withdrawn ineligible", "anonymised", SY),
    ),
)

ROUND = Lifecycle(
    Kind.ROUND,
    (
        _move("plan", "-", "planned", OP, SY),
        _move("open", "planned", "open", SY, OP),
        _move("lock", "open", "locked", SY, OP),
        _move("solve", "locked", "simulating", SY, OP),
        _move("propose", "simulating", "proposed", SY, OP),
        _move("fail", "simulating", "failed", SY, reason=True),
        _move("retry", "failed", "locked", SY, OP),
        _move("approve", "proposed", "approved", AP),
        _move("send_back", "approved", "proposed", AP, OP, SY, reason=True),
        _move("publish", "approved", "published", SY, OP),
        _move("settle", "published", "settling", SY, OP),
        _move("finish", "settling", "final", SY),
        _move("unlock", "locked proposed approved failed", "open", OP, reason=True),
        _move(
            "cancel",
            "planned open locked simulating proposed approved failed",
            "cancelled",
            OP,
            reason=True,
        ),
    ),
)

ASSIGNMENT = Lifecycle(
    Kind.ASSIGNMENT,
    (
        _move("reserve", "-", "reserve", SY),
        _move("offer", "- reserve", "offered", SY, OP),
        _move("accept", "offered", "accepted", YP, PR),
        _move("decline", "offered", "declined", YP, PR),
        _move("lapse", "offered", "lapsed", SY),
        _move("withdraw_offer", "offered accepted", "offer_withdrawn", OP, reason=True),
        _move("confirm", "accepted", "confirmed", EM),
        _move(
            "cancel_by_candidate",
            "offered accepted confirmed",
            "cancelled_by_candidate",
            YP,
            PR,
            reason=True,
        ),
        _move(
            "cancel_by_employer",
            "offered accepted confirmed",
            "cancelled_by_employer",
            EM,
            reason=True,
        ),
        _move(
            "cancel_by_staff", "offered accepted confirmed", "cancelled_by_staff", OP, reason=True
        ),
        _move("start", "confirmed", "started", EM, PR, YP),
        _move("no_show", "confirmed", "did_not_start", EM, PR),
        _move("complete", "started", "completed", EM, PR),
        _move("leave_early", "started", "left_early", EM, PR, YP, reason=True),
        _move("end", "started", "ended_by_employer", EM, PR, reason=True),
        _move("release", "reserve offered", "released", SY),
    ),
)

_RECORDED_WELL = "recorded evidenced verified refused unable_to_contact"

CHECKPOINT = Lifecycle(
    Kind.CHECKPOINT,
    (
        _move("schedule", "-", "scheduled", SY),
        _move("fall_due", "scheduled", "due", SY),
        _move("chase", "due", "chasing", SY),
        _move("record", "due chasing", "recorded", YP, PR, EM, SY),
        _move("refuse", "due chasing", "refused", YP, PR, EM, SY),
        _move("give_up", "due chasing", "unable_to_contact", PR, SY),
        _move("evidence", "recorded", "evidenced", PR, OP, SY),
        _move("verify", "evidenced", "verified", OP),
        _move("dispute", "recorded evidenced verified", "disputed", YP),
        _move("settle", "disputed", "recorded", OP),
        _move("settle_with_evidence", "disputed", "evidenced", OP),
        _move("supersede", _RECORDED_WELL, "recorded", YP, PR, EM, SY),
        _move("supersede_with_evidence", _RECORDED_WELL, "evidenced", PR, EM, SY),
        _move("not_applicable", "scheduled due chasing", "not_applicable", SY),
    ),
)

EMPLOYER = Lifecycle(
    Kind.EMPLOYER,
    (
        _move("apply", "-", "applied", EM, OP, SY),
        _move("verify", "applied suspended", "verified", OP),
        _move("suspend", "verified", "suspended", OP, reason=True),
    ),
)

MESSAGE = Lifecycle(
    Kind.MESSAGE,
    (
        _move("queue", "-", "queued", SY),
        _move("send", "queued", "sent", SY),
        _move("drop", "queued", "not_needed", SY),
        _move("die", "queued", "dead", SY),
        _move("retry", "dead", "queued", OP),
    ),
)

OCCURRENCE = Lifecycle(
    Kind.OCCURRENCE,
    (
        _move("schedule", "-", "due", SY),
        _move("claim", "due", "claimed", SY),
        _move("finish", "claimed", "done", SY),
        _move("hand_back", "claimed", "due", SY),
        _move("miss", "due claimed", "missed", SY),
        _move("skip", "due claimed", "skipped", SY, reason=True),
    ),
)

LIFECYCLES = {
    table.kind: table
    for table in (
        PLACEMENT,
        APPLICATION,
        ROUND,
        ASSIGNMENT,
        CHECKPOINT,
        EMPLOYER,
        MESSAGE,
        OCCURRENCE,
    )
}


def find_move(kind: Kind, state: str, action: str) -> Move:
    """Return the move named `action` from `state`, or raise `IllegalMove` in plain words."""
    for move in LIFECYCLES[kind].moves:
        if move.action == action and state in move.sources:
            return move
    shown = state.replace("_", " ") or "not yet created"
    raise IllegalMove(
        f"This {kind} is {shown}, so it cannot {action.replace('_', ' ')}. Nothing changed."
    )


def check_role(move: Move, role: Role) -> None:
    """Raise `NotAllowed` unless `role` may make the move."""
    if role not in move.roles:
        raise NotAllowed(f"You cannot {move.action.replace('_', ' ')} this. Nothing changed.")


def list_allowed_actions(kind: Kind, state: str, roles: Iterable[Role]) -> tuple[str, ...]:
    """List the actions that any of `roles` may take from `state`, in table order."""
    held = frozenset(roles)
    moves = LIFECYCLES[kind].moves
    return tuple(m.action for m in moves if state in m.sources and held & m.roles)
