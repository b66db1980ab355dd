"""Every record in every state, every action, every role: the legal moves pass, all others are
refused and nothing changed.

`python -m faults.moves [sqlite] [postgresql]` tries them on the one road that sets a state, and
by every form that leads to it, and prints how many were legal and how many refused.
"""

import json
import random
import sys
import time
from collections import Counter

import conftest
from factories.every_state import TABLES, find_target, make_in, make_world, picture
from factories.records import ACTORS, AT
from faults import web_moves
from faults.databases import ENGINES, databases
from servers import NotHere
from sqlalchemy import select

from placements import clock
from placements.domain.errors import IllegalMove, NotAllowed
from placements.domain.lifecycles import LIFECYCLES, NONE
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.services import transitions
from placements.services.transactions import act


class Legal(Exception):
    """Ends a legal move after it was looked at, so that the record stays where it was."""


def make_all():
    """Make one record of each kind in each state; return its world, and ids by kind and state."""
    world, ids = act(make_world)(), {}
    for kind, table in LIFECYCLES.items():
        ids |= act(lambda k=kind, t=table: {(k, s): make_in(world, k, s).id for s in t.states})()
    return world, ids


def moves_by_service(ids):
    """Try every (record, from, to, role); return how many were legal, refused, and what is wrong.

    What is not legal is tried in an act that is kept: had it changed anything, that would show.
    """
    counts, wrong = Counter(), []
    for (kind, state), record_id in ids.items():
        before = picture()
        tries = [(action, role) for action in _list_actions(kind) for role in Role]
        legal = {one: target for one in tries if (target := find_target(kind, state, *one))}
        refused = [one for one in tries if one not in legal]
        moved = [one for one in legal if not _passes(kind, record_id, *one, legal[one])]
        wrong += [f"{kind} {state}: {one} should pass" for one in moved]
        wrong += [f"{kind} {state}: {one} passed" for one in _list_passed(kind, record_id, refused)]
        counts["legal"] += len(legal)
        counts["refused"] += len(refused)
        if picture() != before:
            wrong.append(f"{kind} {state}: something changed")
    return counts, wrong


def _list_actions(kind):
    """Every action of a kind; each state is the target of one, but those of new records alone."""
    return sorted({m.action for m in LIFECYCLES[kind].moves if m.sources != (NONE,)})


@act
def _list_passed(kind, record_id, tries):
    """Try what the table forbids; return what was not refused."""
    record = db.session.get_one(TABLES[kind], record_id)
    return [one for one in tries if not _is_refused(record, kind, *one)]


def _is_refused(record, kind, action, role):
    try:
        transitions.move(record, kind, action, ACTORS[role], AT, reason="Invented reason")
    except (IllegalMove, NotAllowed):
        return True
    return False


def _passes(kind, record_id, action, role, target):
    """Make a legal move in an act that keeps nothing; say whether state and version moved."""
    try:
        _move(kind, record_id, action, role, target)
    except Legal:
        return True
    return False


@act
def _move(kind, record_id, action, role, target):
    record, table = db.session.get_one(TABLES[kind], record_id), TABLES[kind]
    version = record.version
    transitions.move(record, kind, action, ACTORS[role], AT, reason="Invented reason")
    fresh = select(table.state, table.version).where(table.id == record_id)
    if tuple(db.session.execute(fresh).one()) == (target, version + 1):
        raise Legal


def try_all(app, n_by_web=None, seed=0):
    """Try all moves by service and all or a part by HTTP; return figures and what is wrong."""
    with app.app_context(), clock.held_at(AT):
        world, ids = make_all()
        by_service, wrong = moves_by_service(ids)
        cases = web_moves.list_cases()
        if n_by_web is not None:
            cases = random.Random(seed).sample(cases, n_by_web)
        by_web, wrong_by_web = web_moves.moves_by_web(app, world, ids, cases)
        db.session.remove()
    return {"by service": dict(by_service), "by HTTP": dict(by_web)}, wrong + wrong_by_web


def main(engines):
    """Try them on each database, print the counts, and end with 1 if one was not as it must be."""
    n_wrong = 0
    for engine in engines or ENGINES:
        try:
            with databases(engine) as made:
                app, began = conftest.build_app(made()), time.monotonic()
                counts, wrong = try_all(app)
                conftest.close(app)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
            continue
        print(*(f"  wrong: {words}" for words in wrong), sep="\n")
        seconds = round(time.monotonic() - began)
        print(json.dumps({"engine": engine, **counts, "wrong": len(wrong), "seconds": seconds}))
        n_wrong += len(wrong)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
