"""A region lives a year day by day under CLOCK_FILE: rounds, answers, drop-outs, outcomes, letters.

`python -m soak.year [--people N] [--placements N] [--seed S] [sqlite] [postgresql]` checks every
rule at the end of every day, prints one line of JSON a database with the seconds and the final
funnel, and ends with 1 if a rule broke on any day or the databases came to different totals.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import conftest
from factories.letters import settings_with
from faults.databases import ENGINES, databases
from servers import NotHere
from sqlalchemy import func, select

from placements import scheduler
from placements.domain.invented import invent_past, invent_region
from placements.domain.invented.calendar import dates_from
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.domain.round_dates import at_london
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.services import assignments, messages, nights, outcomes, rounds, withdrawals
from placements.services.demo import people, records
from placements.services.demo.days import approve, dice
from placements.services.demo.outcomes import answer_questions
from placements.services.funnel import list_funnel
from placements.services.invariants import verifying
from placements.services.occurrences import find_next_due_at
from placements.settings import ROOT

FIRST, DAYS = date(2026, 1, 5), 365
DAY = timedelta(days=1)
ROUNDS = {"Winter": 7, "Summer": 120, "Autumn": 215}
SAYS_YES, SAYS_NO, DROPS_OUT = 0.80, 0.09, 0.003
WHY = "Something else came up (invented)"


@dataclass
class Year:
    """The region, its clock and its post."""

    here: records.Here
    calendar: object
    clock_file: Path
    settings: object
    seed: int

    def at(self, day, hour, minute=0):
        """Move the clock to a time of a day in London, and run first what fell due before it."""
        instant = at_london(day, datetime(2026, 1, 1, hour, minute).time())
        while (due_at := find_next_due_at()) is not None and due_at <= instant:
            self.clock_file.write_text(due_at.isoformat())
            scheduler.run_due("worker-1")
        db.session.rollback()
        self.clock_file.write_text(instant.isoformat())


def begin(asked, home):
    """Write the organisations and invent who takes part in each round; return both."""
    rules = load_region(ROOT / "config/regions/west_midlands")
    gazetteer = Gazetteer.load(rules.postcodes_path, rules.sectors_path, rules.district_of)
    releases = [dates_from(rules.calendar, FIRST + n * DAY).release_at for n in ROUNDS.values()]
    sizes = (asked.seed, asked.people, asked.placements, rules, gazetteer)
    made = invent_region(*sizes, releases[1].date())
    past = invent_past(*sizes, releases[0].date(), now=made)
    more = [_later(one, releases[2].date() - releases[1].date()) for one in made.placements]
    takers = [(past.placements, past.people), (made.placements, made.people), (more, ())]
    os.environ["CLOCK_FILE"] = str(home / "clock")
    (home / "clock").write_text(at_london(FIRST, datetime(2026, 1, 1, 5).time()).isoformat())
    here = records.write_organisations(rules, made, past)
    nights.begin_nights()
    outcomes.begin_mornings()
    year = Year(here, rules.calendar, home / "clock", settings_with(home / "mail"), asked.seed)
    return year, dict(zip(ROUNDS, takers, strict=True)), made


def _later(placement, gap):
    dates = {"start_from": placement.start_from + gap, "start_to": placement.start_to + gap}
    return replace(placement, key=f"L{placement.key}", **dates)


def live(year, takers, made):
    """Live every day; return how many days ended with every rule held, and which did not."""
    clean, broken, opened = 0, [], {}
    for n in range(DAYS):
        day = FIRST + n * DAY
        for name in [name for name, at in ROUNDS.items() if at == n + 3]:
            year.at(day, 8)
            opened[name] = _plan(year, name, day + 3 * DAY, takers[name], made)
        year.at(day, 9)
        _approve(year, opened)
        if day.weekday() < 5:
            _live_weekday(year, day, opened)
        year.at(day, 18)
        messages.deliver_due(year.settings)
        year.at(day, 23, 59)
        report = verifying.verify_invariants()
        clean += report.exit_code == verifying.CLEAN
        if report.exit_code != verifying.CLEAN:
            broken.append(f"{day}: {report.violations} {report.unchecked}")
    return clean, broken


def _plan(year, name, opens_on, takers, made):
    if name != "Winter":
        records.renew_papers(year.here, made)
    records.write_round_takers(year.here, *takers, year.seed, None)
    dates = dates_from(year.calendar, opens_on)
    instants = (dates.opens_at, dates.locks_at, dates.release_at)
    return rounds.create_round(year.here.staff["operator"], f"{name} (invented)", instants, 7)


def _approve(year, opened):
    approver = year.here.staff["approver"]
    for round_id in opened.values():
        if rounds.get_round(approver, round_id).state == "proposed":
            approve(approver, round_id)


def _live_weekday(year, day, opened):
    year.at(day, 11)
    for round_id in opened.values():
        people.answer_offers(round_id, SAYS_YES, SAYS_NO)
    year.at(day, 12)
    _drop_out(day)
    year.at(day, 14)
    people.confirm_and_sign()
    year.at(day, 15)
    people.start_and_end()
    year.at(day, 16)
    answer_questions()


def _drop_out(day):
    """Let a few stop taking part, with or without an offer, and a few say they cannot come."""
    ready = select(Application).where(Application.state == "ready").order_by(Application.id)
    for application in db.session.scalars(ready).all():
        if dice(application.reference, day, "drops out").random() < DROPS_OUT:
            actor = people.Actor(
                people.Role.YOUNG_PERSON,
                application.candidate.account_id,
                candidate_id=application.candidate_id,
            )
            withdrawals.withdraw_application(actor, application.id, WHY)
    for held in people.list_in_state("confirmed", Assignment.start_on > day):
        if dice(held.application.reference, day, "cannot come").random() < DROPS_OUT:
            assignments.cancel_assignment(people.young_person_of(held), held.id, WHY)


def total(year):
    """The figures at the end: the funnel, and how many records are in which state."""
    funnel = {stage.name: stage.n for stage in list_funnel(year.here.staff["operator"])}
    tables = (Assignment, Application, Message)
    states = {
        table.__tablename__: dict(sorted(Counter(db.session.scalars(select(table.state))).items()))
        for table in tables
    }
    return {"funnel": funnel, **states}


def live_on(engine, asked):
    """Live the year on one database, print its line; return its totals and the broken days."""
    with databases(engine) as made, tempfile.TemporaryDirectory() as home:
        app, began = conftest.build_app(made()), time.monotonic()
        with app.app_context():
            year, takers, world = begin(asked, Path(home))
            clean, broken = live(year, takers, world)
            totals = total(year)
            n_due = db.session.scalar(select(func.count()).select_from(Application))
        conftest.close(app)
    seconds = round(time.monotonic() - began)
    shown = {"engine": engine, "days": DAYS, "clean": clean, "people": n_due, "seconds": seconds}
    print(*broken, sep="\n")
    print(json.dumps({**shown, **totals}), flush=True)
    return totals, broken


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--people", type=int, default=150, help="in each of the first two rounds")
    parser.add_argument("--placements", type=int, default=40, help="in each round")
    parser.add_argument("--seed", type=int, default=7)
    asked, ended = parser.parse_args(words), []
    print(f"seed {asked.seed}", flush=True)
    for engine in asked.engines:
        try:
            ended.append(live_on(engine, asked))
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
    same = all(totals == ended[0][0] for totals, _ in ended)
    print(f"the same totals on {len(ended)} databases: {same}")
    return 0 if same and not any(broken for _, broken in ended) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
