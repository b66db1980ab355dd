"""Every form that moves a record, sent from every state by every role, in process.

A legal move shows as the next line of the record's history; anything else must leave every state
and every line of history as they were.
"""

from collections import Counter

from factories.every_state import AT, TABLES, find_target, make_in, person_account, picture
from faults.web_pages import PAGES
from sqlalchemy import select
from web.visitor import Visitor

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.rounds import Round
from placements.services import approvals, rounds, solving, transitions
from placements.services.transactions import act

ROLES = (Role.OPERATOR, Role.APPROVER, Role.EMPLOYER, Role.PROVIDER, Role.YOUNG_PERSON, None)
LAST = {Kind.ROUND: 1}
BY_SERVICE = ("open", "locked", "failed", "proposed", "approved")


class Sender:
    """Signs people in once each, and sends forms as them."""

    def __init__(self, app, world):
        self.app, self.world, self.visitors = app, world, {}

    def visitor(self, account_id):
        """Return whoever has this account, or nobody, signed in with a token for forms."""
        if account_id not in self.visitors:
            visitor = Visitor(self.app)
            if account_id:
                visitor.sign_in(account_id)
            visitor.get("/sign-in" if account_id is None else "/account")
            held = [f.fields["csrf_token"] for f in visitor.page.forms if "csrf_token" in f.fields]
            self.visitors[account_id] = visitor, held[0]
        return self.visitors[account_id]

    def send(self, page, record, role, own):
        """Send a page's form about a record as a role; return the status."""
        account_id = own if role is Role.YOUNG_PERSON else self.world.accounts.get(role)
        visitor, token = self.visitor(account_id)
        sent = {"csrf_token": token, "version": record.version, "assignment_id": record.id}
        if page.kind is Kind.ROUND:
            sent |= {"snapshot_hash": record.snapshot_hash or "", "plan_hash": record.plan_hash}
        reply = visitor.client.post(page.url.format(id=record.id), data={**sent, **page.fields})
        return reply.status_code


def list_cases():
    """Every form with every state of its kind and every role, rounds last: they offer places."""
    cases = [
        (p, state, role) for p in PAGES for state in LIFECYCLES[p.kind].states for role in ROLES
    ]
    return sorted(cases, key=lambda case: LAST.get(case[0].kind, 0))


def expected(page, state, role):
    """The move that a form makes from a state for a role: `(action, target)`, or None."""
    if role is not page.role:
        return None
    targets = {action: find_target(page.kind, state, action, role) for action in page.actions}
    return next(((action, target) for action, target in targets.items() if target), None)


def moves_by_web(app, world, ids, cases):
    """Send each case; return how many moved, were refused, and what is wrong."""
    sender, counts, wrong = Sender(app, world), Counter(), []
    for page, state, role in cases:
        move = expected(page, state, role)
        record_id = _make(world, page.kind, state) if move else ids[page.kind, state]
        record, own = _read(page.kind, record_id)
        before = picture()
        status = sender.send(page, record, role, own)
        db.session.rollback()
        words = f"{role or 'nobody'} {page.url} {state}: {status}"
        if status >= 500:
            wrong.append(words)
        elif move is None and picture() != before:
            wrong.append(f"{words}, and something changed")
        elif move and _next_line(page.kind, record_id, record.version) != (state, *move):
            wrong.append(f"{words}, expected {move}")
        counts["legal" if move else "refused"] += 1
    return counts, wrong


def _read(kind, record_id):
    """A record as it is, and the account of the young person it is about, if it is."""
    record = db.session.get_one(TABLES[kind], record_id, populate_existing=True)
    about = record
    if kind is Kind.CHECKPOINT:
        about = db.session.get_one(Assignment, record.assignment_id)
    own = person_account(about) if hasattr(about, "candidate_id") else None
    db.session.rollback()
    db.session.refresh(record)
    db.session.expunge(record)
    return record, own


def _next_line(kind, record_id, version):
    if kind is Kind.MESSAGE:
        state = db.session.scalar(select(TABLES[kind].state).where(TABLES[kind].id == record_id))
        return ("dead", "retry", state)
    line = (History.kind == kind.value, History.record_id == record_id)
    rows = select(History).where(*line, History.version == version + 1)
    found = db.session.scalar(rows)
    return found and (found.from_state, found.action, found.to_state)


def _make(world, kind, state):
    """A new record for a legal move; a round that has something to show for its state."""
    if kind is Kind.ROUND and state in BY_SERVICE:
        return _bring(world, state)
    return act(lambda: make_in(world, kind, state).id)()


def _bring(world, state):
    staff = [
        Actor(role, world.accounts[role], region_id=world.region_id)
        for role in (Role.OPERATOR, Role.APPROVER)
    ]
    round_id = act(lambda: make_in(world, Kind.ROUND, "open").id)()
    if state != "open":
        rounds.lock_round(_other(world), round_id)
    if state == "failed":
        act(lambda: _fail(round_id))()
    if state in ("proposed", "approved"):
        solving.solve_round(_other(world), round_id)
    if state == "approved":
        kept = db.session.get_one(Round, round_id)
        approvals.approve_plan(staff[1], round_id, kept.plan_hash, kept.snapshot_hash, "Invented")
    return round_id


def _fail(round_id):
    round_ = db.session.get_one(Round, round_id)
    for action in ("solve", "fail"):
        transitions.move(round_, Kind.ROUND, action, SYSTEM, AT, reason="Invented reason")


def _other(world):
    return Actor(Role.OPERATOR, world.accounts["employer"], region_id=world.region_id)
