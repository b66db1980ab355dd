"""One process that lives a whole round: it goes on from what it finds, and notes what was kept."""

import os
from datetime import datetime, timedelta

from factories.letters import settings_with
from soak.worlds import DAY, FIRST_DAY, FOLDER, LOCKS, OPENS, RELEASE, in_state
from sqlalchemy import select

from placements import clock, scheduler
from placements.domain.round_dates import at_london
from placements.domain.vocabulary import OutcomeKind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import AuditHead
from placements.models.candidates import Application
from placements.models.operations import ImportRun
from placements.models.rounds import Round
from placements.services import (
    agreements,
    approvals,
    assignments,
    erasures,
    imports,
    messages,
    outcomes,
    rounds,
    starts,
)
from placements.settings import ROOT

PAST_CLAIM = timedelta(minutes=6)
FILES = ROOT / "tests/data/west_midlands"
ERASED = "AP-00002"


def set_clock(folder, at):
    """Set the clock of a life at once: whoever is killed in the middle leaves the time before."""
    (folder / "clock.next").write_text(at.isoformat())
    (folder / "clock.next").replace(folder / "clock")


class Life:
    """One process of the day: it goes on from what it finds, and writes down what was kept."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.settings = settings_with(folder / "mail")

    def acknowledge(self):
        """Write down the head of the audit after an act, so that a kill cannot unsay it."""
        head = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one()
        db.session.rollback()
        with (self.folder / "ledger").open("a") as ledger:
            ledger.write(f"{head.seq} {head.hash}\n")
            ledger.flush()
            os.fsync(ledger.fileno())

    def run(self, at):
        """Move the clock on to an instant, never back, and run what is due."""
        set_clock(self.folder, max(at, clock.now()))
        scheduler.run_due(f"life-{os.getpid()}")
        self.acknowledge()

    def post(self):
        """Send what is due, and what a killed sender had in its hands."""
        for _ in range(2):
            messages.deliver_due(self.settings)
            self.run(clock.now() + PAST_CLAIM)

    def take_in(self):
        """Take in two files, each until it is known that the whole of it was."""
        for kind in ("placements", "applications"):
            if db.session.scalar(select(ImportRun.id).where(ImportRun.kind == kind)) is None:
                sent = (FILES / f"{kind}.csv").read_bytes()
                imports.import_file(self.world.staff[0], FOLDER, kind, sent)
                self.acknowledge()

    def erase(self):
        """Erase somebody who came with the file; cut off, the rest of it."""
        of_person = select(Application.candidate_id).where(Application.reference == ERASED)
        person_id = db.session.scalar(of_person)
        if erasures.is_erased(person_id):
            erasures.finish_erasures(self.settings)
        else:
            erasures.erase_person(self.world.staff[0], person_id, self.settings)
        self.acknowledge()

    def each(self, state, deed):
        """Do a deed about every assignment in a state, one act each."""
        for held in in_state(state):
            deed(held)
            self.acknowledge()

    def day(self):
        """Live the whole round; what was done in an earlier life is not there to be done."""
        operator, approver = self.world.staff[:2]
        if db.session.scalar(select(Round.id)) is None:
            rounds.create_round(operator, "Invented", (OPENS, LOCKS, RELEASE), seed=7)
            self.acknowledge()
        self.run(LOCKS)
        kept = db.session.scalar(select(Round))
        if kept.state == "proposed":
            hashes = (kept.plan_hash, kept.snapshot_hash)
            approvals.approve_plan(approver, kept.id, *hashes, "Invented reason")
            self.acknowledge()
        self.run(RELEASE)
        self.post()
        self.each("offered", self.answer)
        self.take_in()
        self.erase()
        self.run(RELEASE + DAY)  # by day: at night a letter waits, and nobody answers unasked
        self.post()
        self.each("offered", self.answer)
        self.each("accepted", self.confirm)
        self.each("confirmed", self.sign)
        self.post()
        self.run(at_london(FIRST_DAY, datetime(2026, 1, 1, 10).time()))
        self.each("confirmed", lambda h: starts.start_assignment(self.employer(h), h.id))
        self.run(at_london(FIRST_DAY + 27 * DAY, datetime(2026, 1, 1, 16).time()))
        self.each("started", lambda h: starts.complete_assignment(self.employer(h), h.id))
        self.run(at_london(FIRST_DAY + 60 * DAY, datetime(2026, 1, 1, 10).time()))
        self.tell()

    def employer(self, held):
        return self.world.employers[held.placement.employer_id]

    def answer(self, offer):
        """The first person says no, the others yes."""
        person = self.world.people[offer.candidate_id]
        if offer.candidate_id == min(self.world.people):
            assignments.decline_offer(person, offer.id)
        else:
            assignments.accept_offer(person, offer.id)

    def confirm(self, held):
        starts.confirm_assignment(self.employer(held), held.id, "Zara", FIRST_DAY, {"time": "9am"})

    def sign(self, held):
        provider = self.world.providers[held.application.provider_id]
        for actor in (self.employer(held), provider, self.world.people[held.candidate_id]):
            agreements.sign_agreement(actor, held.id)
        agreements.record_guardian_signature(provider, held.id, "on paper")

    def tell(self):
        for question in outcomes.list_checkpoints(scheduler.SYSTEM):
            held = db.session.get_one(Assignment, question.assignment_id)
            person = self.world.people[held.candidate_id]
            outcomes.record_outcome(person, question.id, outcomes.Answer(OutcomeKind.JOB))
            self.acknowledge()
