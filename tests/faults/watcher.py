"""Nobody sees a result before its instant, and everybody within five seconds after.

`python -m faults.watcher [--seconds N] [sqlite|postgresql]` lets a round be released by a real
worker behind real web processes, at a real instant, while every role asks ten times a second for
each page, file and line of the API that could give a result away. It prints a line of JSON a
database, and ends 1 if anything was seen early or late. Who runs the round may read its plan.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("PLACEMENTS_ENV", "test")

import conftest
from factories.letters import make_world, settings_with
from faults.databases import ENGINES, databases
from faults.restarts import gunicorn
from faults.watching import Watcher, read_all
from flask.sessions import SecureCookieSessionInterface
from servers import NotHere
from sqlalchemy import select

from placements import clock
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.models.rounds import PlanRow
from placements.services import accounts, api_keys, messages, rounds
from placements.services.invariants import verifying
from placements.services.transactions import act
from placements.settings import ROOT
from placements.web.access import TOKEN

N_PEOPLE, N_PLACES = 8, 4
WITHIN, WATCHED_AFTER = 5.0, 9.0
KEY = "a key that only this script knows, 32 bytes and more"
YOUNG = (
    "/me",
    "/me/offer",
    "/me/offer/why",
    "/me/no-place",
    "/me/placement",
    "/me/timeline",
    "/me/choices",
    "/me/places",
    "/me/data",
    "/me/data/download",
)
STAFF_PAGES = [
    "/authority/funnel",
    "/authority/funnel.csv",
    "/authority/funnel/matched",
    "/authority/rounds/{round}/rescue",
    "/authority/outcomes",
    "/authority/placements?state=full",
]
PAGES = {
    "employer": [
        "/employer",
        "/employer/people",
        "/employer/placements",
        "/employer/day-one",
        "/employer/placements/{placement}",
        "/employer/people/1",
    ],
    "provider": [
        "/provider",
        "/provider/people",
        "/provider/answers",
        "/provider/placed",
        "/provider/places",
        "/provider/outcomes",
        "/provider/people/1",
        "/provider/placed/1",
        "/provider/rounds/{round}/ready",
    ],
    "public": [
        "/",
        "/results",
        "/check",
        "/results/figures.csv",
        "/results/figures.json",
        "/results/{round}",
        "/results/{round}/figures.json",
    ],
    "employer's key": ["/api/v1/people", "/api/v1/placements", "/api/v1/questions"],
    "provider's key": ["/api/v1/applications", "/api/v1/questions"],
    "operator's key": ["/api/v1/funnel"],
    "operator": STAFF_PAGES,
    "approver": STAFF_PAGES,
}
# The page of each role that must tell at last, and by which words.
SHOWS = {
    "employer": ("/employer/people", "Invented Person"),
    "provider": ("/provider/answers", "Invented Person"),
    "employer's key": ("/api/v1/people", '"offered"'),
    "operator": ("/authority/funnel/matched", "A-"),
    "approver": ("/authority/funnel/matched", "A-"),
}
OFFER, NO_PLACE = ("/me/offer", "Yes, I want this"), ("/me/no-place", "next")


@act
def bring_to_today(world):
    """Move the invented facts to the weeks after today, and the region to the one served."""
    today = clock.today()
    db.session.get_one(Region, world.region_id).code = "west_midlands"
    place = db.session.get_one(Placement, world.placement_id)
    place.start_from, place.start_to = today + timedelta(days=21), today + timedelta(days=42)
    place.site.insurance_expires_on = today + timedelta(days=300)
    for application in db.session.scalars(select(Application)):
        application.start_from, application.start_to = today, today + timedelta(days=200)


def lock(world, release_at):
    dates = (release_at - timedelta(days=9), release_at - timedelta(days=2), release_at)
    world.round_id = rounds.create_round(world.operator, "Invented", dates, seed=7)
    rounds.open_round(world.operator, world.round_id)
    rounds.lock_round(world.operator, world.round_id)


def approve(world, release_at):
    """Approve the plan that the worker makes; return who is placed by it, and who is not."""
    while rounds.get_round(world.operator, world.round_id).state != "proposed":
        if clock.now() > release_at:
            raise SystemExit("The plan came too late: give more --seconds.")
        db.session.remove()
        time.sleep(0.2)
    kept = rounds.get_round(world.approver, world.round_id)
    rounds.approve_round(world.approver, world.round_id, kept.plan_hash, kept.snapshot_hash)
    rows = select(Application.candidate_id, PlanRow.placement_id)
    rows = rows.join(PlanRow, PlanRow.application_id == Application.id)
    placed = {candidate for candidate, place in db.session.execute(rows) if place}
    db.session.rollback()
    return [
        [p for p in world.people if (p.candidate_id in placed) is is_in] for is_in in (True, False)
    ]


def cookie(app, account_id):
    """Sign somebody in by a link, as the service does, and return what their browser sends."""
    token = accounts.use_sign_in_link(accounts.make_sign_in_link(account_id))
    signing = SecureCookieSessionInterface().get_signing_serializer(app)
    return {"Cookie": f"session={signing.dumps({TOKEN: token})}"}


def list_visitors(app, world):
    """Return what each role sends along: a session, a key, or nothing."""
    sent = {"public": {}}
    for name in ("employer", "provider", "operator", "approver"):
        actor = getattr(world, name)
        sent[name] = cookie(app, actor.account_id)
        if name != "approver":
            of_region = replace(actor, region_id=world.region_id)
            key = api_keys.make_key(of_region, "Invented")
            sent[f"{name}'s key"] = {"Authorization": f"Bearer {key}"}
    return sent


@contextmanager
def worker(url, folder):
    """A worker beside the pages, as production runs it."""
    here = {**os.environ, "DATABASE_URL": url.replace("+psycopg", "")}
    words = [str(Path(sys.executable).parent / "placements"), "worker"]
    with (folder / "worker.log").open("w") as log:
        running = subprocess.Popen(words, cwd=ROOT, env=here, stderr=log, stdout=log)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


def read_before(port, app, world, sent):
    """Read every page of every role while the round is locked and nobody knows anything."""
    names = {"round": world.round_id, "placement": world.placement_id}
    pages = {role: [path.format(**names) for path in paths] for role, paths in PAGES.items()}
    before = {role: read_all(port, pages[role], sent[role]) for role in pages}
    for person in world.people:
        sent[person] = cookie(app, person.account_id)
        before[person] = read_all(port, YOUNG, sent[person])
    shut = [role for role, pages in before.items() if 200 not in {s for s, *_ in pages.values()}]
    assert not shut, f"nothing opens for {shut}"
    return before


def watch(url, folder, seconds):
    """Let a round be released under the eyes of every role; return what was seen and when."""
    os.environ |= {"SECRET_KEY": KEY, "MAIL_SINK_DIR": str(folder / "mail")}
    app = conftest.build_app(url)
    app.secret_key = KEY
    with app.app_context():
        world = make_world(N_PEOPLE, N_PLACES)
        bring_to_today(world)
        release_at = clock.now() + timedelta(seconds=seconds)
        lock(world, release_at)
        messages.deliver_due(settings_with(folder / "mail"))
        with gunicorn(url, folder) as (_server, port), ExitStack() as later:
            sent = list_visitors(app, world)
            before = read_before(port, app, world, sent)
            later.enter_context(worker(url, folder))
            placed, unplaced = approve(world, release_at)
            at = release_at.timestamp()
            if time.time() > at - 5:
                raise SystemExit("The plan came too late: give more --seconds.")
            shows = {**SHOWS, placed[0]: OFFER, unplaced[0]: NO_PLACE}
            names = {placed[0]: "young person", unplaced[0]: "young person without a place"}
            roles = [role for role in before if role in PAGES or role in shows]
            watchers = [
                Watcher(names.get(role, role), port, before[role], sent[role], shows.get(role), at)
                for role in roles
            ]
            for one in watchers:
                one.until = at + WATCHED_AFTER
                one.start()
            for one in watchers:
                one.join(seconds + 120)
        letters = judge_letters(folder / "mail", at)
        clean = verifying.verify_invariants().exit_code == verifying.CLEAN
    conftest.close(app)
    return {**judge(watchers), **letters, "clean": clean}


def judge_letters(folder, at):
    """Count letters about results: those written before the instant, and all of them."""
    told = [
        path.stat().st_mtime - at
        for path in folder.glob("*.eml")
        if kind_of(path) in ("offer", "no_place")
    ]
    early = sum(1 for after in told if after < 0)
    first = round(min(told), 1) if told else None
    return {"letters": len(told), "letters_early": early, "first_letter_s": first}


def kind_of(path):
    line = next(line for line in path.read_text().splitlines() if line.startswith("X-Message-Key"))
    return line.split(":")[1].strip()


def judge(watchers):
    """Return what the watchers saw in one line: early looks, roles that saw late, faults."""
    seen = {one.role: one.seen_at for one in watchers if one.shows}
    late = [role for role, after in seen.items() if after is None or after > WITHIN]
    return {
        "roles": len(watchers),
        "pages": sum(len(one.before) for one in watchers),
        "looks": sum(one.n_asked for one in watchers),
        "looks_before": sum(one.n_before for one in watchers),
        "hertz_least": round(min(one.n_asked / one.seconds for one in watchers), 1),
        "early": [(one.role, *look) for one in watchers for look in one.early[:3]],
        "late": late,
        "last_seen_s": round(max((after or 0.0) for after in seen.values()), 2),
        "faults": [(one.role, *fault) for one in watchers for fault in one.faults[:3]],
    }


def is_kept(found):
    """Say whether nobody saw anything early, everybody in time, and all else is well."""
    wrong = found["early"] or found["late"] or found["faults"] or found["letters_early"]
    return found["clean"] and not wrong and found["letters"] > 0


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", metavar="|".join(ENGINES))
    parser.add_argument("--seconds", type=float, default=90, help="From the lock to the release.")
    given, n_wrong = parser.parse_args(words), 0
    for engine in given.engines or ENGINES:
        try:
            with databases(engine) as made, tempfile.TemporaryDirectory() as folder:
                found = watch(made(), Path(folder), given.seconds)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
            continue
        print(json.dumps({"engine": engine, **found}), flush=True)
        n_wrong += not is_kept(found)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
