"""The table of dated steps, and the worker that wakes to run them.

APScheduler only wakes the worker; rows in the database say what is due and who may run it.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler
from flask import current_app

from placements import clock
from placements.domain.errors import Refusal
from placements.domain.permissions import SYSTEM
from placements.failpoints import pass_failpoint
from placements.services import (
    approvals,
    assignments,
    baselines,
    cascading,
    contact_tries,
    day_messages,
    messages,
    nights,
    occurrences,
    outcomes,
    publishing,
    retention,
    rounds,
    solving,
    waiting_imports,
)
from placements.services.gazetteer import get_rules
from placements.services.occurrences import Claim
from placements.services.restoring_mark import is_restoring
from placements.services.transactions import Busy
from placements.settings import Settings

if TYPE_CHECKING:
    from placements.crew import Crew

log = logging.getLogger(__name__)
SAFETY_NET_SECONDS, RENEW_SECONDS, DRAIN_SECONDS = 5, 15, 18.0


def _solve(claim: Claim) -> None:
    if claim.was_begun:
        solving.recover_abandoned(claim.subject_id)
    solving.solve_round(SYSTEM, claim.subject_id)
    approvals.tell_if_unfair(claim.subject_id)


def _check_night(claim: Claim) -> None:
    nights.check_night(claim, current_app.config["SETTINGS"].anchor_folder)


def _retain(claim: Claim) -> None:
    settings = current_app.config["SETTINGS"]
    retention.retain_tonight(claim, get_rules(settings.region_folder), settings)


def _ask_of_the_day(claim: Claim) -> None:
    outcomes.fall_due_on(claim.due_at)
    today = claim.due_at.astimezone(clock.LONDON).date()
    contact_tries.close_windows(today)
    baselines.close_baselines(today)


STEPS: dict[str, Callable[[Claim], object]] = {
    "round.open": lambda claim: rounds.open_round(SYSTEM, claim.subject_id),
    "round.lock": lambda claim: rounds.lock_round(SYSTEM, claim.subject_id),
    "round.solve": _solve,
    "round.release": lambda claim: publishing.publish_round(SYSTEM, claim.subject_id),
    "offers.lapse": lambda claim: assignments.lapse_due_offers(claim.subject_id),
    "round.cascade": lambda claim: cascading.cascade_round(SYSTEM, claim.subject_id),
    "imports.forget": lambda claim: waiting_imports.forget_import(claim.subject_id),
    "checkpoints.fall_due": _ask_of_the_day,
    "records.verify": _check_night,
    "records.retain": _retain,
    "messages.of_the_day": day_messages.write_day,
}


HandOut = Callable[[int, int], object]


def run_due(
    holder: str | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    hand_out: HandOut | None = None,
) -> int:
    """Run every step that is due, in order; return how many were run or passed over.

    A step that the database could not keep ends the pass, and begins the next one. Where workers
    share the steps, those of rounds are handed out instead, with their region.
    """
    name, n_steps = holder or _own_name(), 0
    while not is_stopping() and (claim := occurrences.claim_next(name)) is not None:
        region_id = occurrences.find_region(claim) if hand_out else None
        if hand_out is not None and region_id is not None:
            hand_out(claim.occurrence_id, region_id)
        elif not _run(claim):
            break
        n_steps += 1
    return n_steps


def run_handed_out(occurrence_id: int, n_before: int, is_last_try: bool) -> None:
    """Run a step that was handed out; a fault is raised for another try, but for the last."""
    claim = occurrences.take_claimed(occurrence_id, was_begun=n_before > 0)
    if claim is not None:
        _run(claim, raises=not is_last_try)


def run_and_deliver(
    settings: Settings,
    is_stopping: Callable[[], bool] = lambda: False,
    hand_out: HandOut | None = None,
) -> tuple[int, int]:
    """Run the steps and send the messages that are due; return how many of each.

    Messages go a few at a time with the steps in between, so that no step waits for a long post,
    and whoever stops the worker does not either: what is left goes out at the next start.
    """
    if is_restoring():
        return 0, 0
    n_steps, n_sent = run_due(is_stopping=is_stopping, hand_out=hand_out), 0
    while not is_stopping() and (n_left := messages.deliver_some(settings)) is not None:
        n_sent += n_left
        n_steps += run_due(is_stopping=is_stopping, hand_out=hand_out)
    return n_steps, n_sent


def _run(claim: Claim, *, raises: bool = False) -> bool:
    """Run a claimed step; False when the database could not keep it, and it waits for another try.

    A full disk or a restart is no answer to a step: passed over, a round would never be released.
    """
    pass_failpoint("lease.after_claim")
    try:
        _run_to_its_end(claim, raises)
    except Busy as busy:
        if raises:
            raise
        told = {"schedule": claim.schedule, "id": claim.subject_id, "why": str(busy)}
        log.warning("step waits for the database", extra=told)
        _hand_back(claim)
        return False
    return True


def _run_to_its_end(claim: Claim, raises: bool) -> None:
    try:
        with occurrences.held_by(claim):
            STEPS[claim.schedule](claim)
    except Busy:
        raise
    except Refusal as refusal:
        occurrences.skip(claim, str(refusal)[:200])
        log.info("step not done", extra={"schedule": claim.schedule, "id": claim.subject_id})
    except Exception as error:
        if raises:
            raise
        # One broken step must not keep the steps behind it from running.
        log.exception("step stopped", extra={"schedule": claim.schedule, "id": claim.subject_id})
        occurrences.skip(claim, f"It stopped with an error ({type(error).__name__}).")
    else:
        occurrences.finish(claim)
        log.info("step done", extra={"schedule": claim.schedule, "id": claim.subject_id})


def _hand_back(claim: Claim) -> None:
    """Give a step back as soon as the database takes it; after a lease's time others may."""
    until = time.monotonic() + occurrences.LEASE_SECONDS
    while True:
        try:
            occurrences.hand_back(claim)
        except Busy:
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            return


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_worker(
    in_context: Callable[[Callable[[], int]], int],
    wait: Callable[[], object],
    settings: Settings,
    *,
    shares: bool = False,
) -> bool:
    """Wake for each due step and message until `wait` returns; `in_context` is inside the app.

    A worker that `shares` hands the steps of rounds out, and runs those that others hand out.

    Then the step at work is finished and the schedule is handed on. False when the step took
    longer than a stop may: the lease ends by itself, and whoever holds it next begins it again.
    """
    # The waker ends behind a lock that setting it asks for too: never both.
    waker, stopping, setting = BackgroundScheduler(timezone=UTC), Event(), Lock()
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

    def renew() -> int:
        occurrences.renew_lease(_own_name())
        return 0

    def work() -> None:
        hand_out = crew.hand_out if crew else None
        in_context(lambda: sum(run_and_deliver(settings, stopping.is_set, hand_out)))
        wakes_at = _next_wake(in_context, settings)
        with setting:
            if not stopping.is_set():
                waker.add_job(work, "date", id="next", run_date=wakes_at, **kept)

    kept = {**options, "replace_existing": True}
    waker.add_job(work, "interval", id="net", seconds=SAFETY_NET_SECONDS, **options)
    waker.add_job(work, "date", id="next", run_date=datetime.now(UTC), **kept)
    waker.add_job(in_context, "interval", [renew], id="lease", seconds=RENEW_SECONDS, **options)
    # The net finds a long pass still at work: that is its purpose, and no news for who watches.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    crew = _join_crew(in_context, settings) if shares else None
    waker.start()
    try:
        wait()
    finally:
        with setting:
            stopping.set()
        ending = Thread(target=waker.shutdown, name="ending", daemon=True)
        ending.start()
        ending.join(DRAIN_SECONDS)
        is_crew_done = crew is None or crew.stop(DRAIN_SECONDS)
    if ending.is_alive() or not is_crew_done:
        log.warning("stopped in the middle of a step")
        return False

    def hand_on() -> int:
        occurrences.release_lease(_own_name())
        return 0

    in_context(hand_on)
    return True


def _join_crew(in_context: Callable[[Callable[[], int]], int], settings: Settings) -> "Crew":
    # The queue is installed with `make production`; who runs alone needs none of it.
    from placements.crew import Crew

    def work(occurrence_id: int, n_before: int, is_last_try: bool) -> None:
        def run() -> int:
            run_handed_out(occurrence_id, n_before, is_last_try)
            return 1

        in_context(run)

    crew = Crew(settings.database_url, work)
    crew.start()
    return crew


def _next_wake(in_context: Callable[[Callable[[], int]], int], settings: Settings) -> datetime:
    """Return the real instant at which the next step or message is due by the service's clock."""
    seconds: list[float] = []

    def look() -> int:
        due = (occurrences.find_next_due_at(), messages.find_next_send_at(settings))
        due_at = min((at for at in due if at is not None), default=None)
        seconds.append((due_at - clock.now()).total_seconds() if due_at else 3600.0)
        return 0

    in_context(look)
    return datetime.now(UTC) + timedelta(seconds=min(max(seconds[0], 0.2), 3600.0))


def sleep_until_stopped() -> None:
    """Sleep until the process is told to stop."""
    while True:
        time.sleep(3600)
