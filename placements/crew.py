"""Many workers on one PostgreSQL: steps of regions run side by side, each region's in its order.

The rows of the schedule stay the truth. Whoever holds the lease claims what is due and hands the
steps of rounds out as jobs of Procrastinate, in a schema of its own beside the tables: a lock a
region, so that two steps of one region never run at once; a queueing lock a step, so that the same
step waits there once. Any worker runs a job. The queue holds nothing that the schedule does not
know: lost, it is filled again by the next worker that holds the lease.
"""

import asyncio
import logging
from collections.abc import Callable
from threading import Thread
from typing import Any

from procrastinate import (
    App,
    JobContext,
    PsycopgConnector,
    RetryStrategy,
    SyncPsycopgConnector,
    __version__,
)
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import connect

log = logging.getLogger(__name__)
NAME, QUEUE = "run_step", "steps"
# A newer queue has tables of its own: nothing in the old ones is worth bringing along.
SCHEMA = "queue_" + "_".join(__version__.split(".")[:2])
OF_THE_QUEUE = 5_310_026
MOST_TRIES, POLL_SECONDS, MEND_SECONDS, SILENT_SECONDS = 3, 2.0, 10.0, 30.0
Work = Callable[[int, int, bool], None]


class Crew:
    """One process among others that run the steps of rounds; `work` runs one by its id.

    `work` is told how often the step was begun before, and whether this is the last try.
    """

    def __init__(self, database_url: str, work: Work) -> None:
        self._url = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._work, self._stop = work, asyncio.Event()
        pool = {"conninfo": self._url, "kwargs": {"options": f"-c search_path={SCHEMA}"}}
        self._sync = _app(SyncPsycopgConnector(min_size=1, max_size=2, **pool), work)
        self._async = _app(PsycopgConnector(min_size=1, max_size=4, **pool), work)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="crew", daemon=True)

    def prepare(self) -> None:
        """Make the queue if it is not there, and open it to hand out."""
        _make_queue(self._url, self._sync)
        self._sync.open()

    def start(self) -> None:
        """Hand out, and take jobs as well."""
        self.prepare()
        self._thread.start()

    def hand_out(self, occurrence_id: int, region_id: int) -> bool:
        """Let any worker run a step; False if it waits already."""
        locks = {"lock": f"region:{region_id}", "queueing_lock": f"step:{occurrence_id}"}
        try:
            self._sync.configure_task(NAME, **locks).defer(occurrence_id=occurrence_id)
        except AlreadyEnqueued:
            return False
        return True

    def stop(self, seconds: float) -> bool:
        """Take no more jobs; False if the one at work takes longer than it may."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(seconds)
        self.close()
        return not self._thread.is_alive()

    def close(self) -> None:
        """Hand out no more."""
        self._sync.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self._async.open_async():
            taking = asyncio.create_task(
                self._async.run_worker_async(
                    queues=[QUEUE],
                    concurrency=1,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs="always",
                )
            )
            mending = asyncio.create_task(self._mend())
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in (stopping, mending, taking):
                task.cancel()
            await asyncio.gather(stopping, mending, taking, return_exceptions=True)

    async def _mend(self) -> None:
        """Give jobs of processes that died to who is alive."""
        while True:
            await asyncio.sleep(MEND_SECONDS)
            jobs = self._async.job_manager
            for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
                log.warning("the job of a silent worker is given on", extra={"job": job.id})
                await jobs.retry_job(job)


def _app(connector: Any, work: Work) -> App:
    app = App(connector=connector)

    @app.task(
        name=NAME,
        queue=QUEUE,
        pass_context=True,
        retry=RetryStrategy(max_attempts=MOST_TRIES - 1, exponential_wait=2),
    )
    def run_step(context: JobContext, occurrence_id: int) -> None:
        n_before = context.job.attempts
        work(occurrence_id, n_before, n_before >= MOST_TRIES - 1)

    return app


def _make_queue(url: str, app: App) -> None:
    """Make the tables of the queue, once, whoever starts at the same moment."""
    schema = app.schema_manager.get_schema()
    with connect(url, autocommit=False) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [OF_THE_QUEUE])
        found = connection.execute("SELECT to_regnamespace(%s)", [SCHEMA]).fetchone()
        if found and found[0] is None:
            connection.execute(f"CREATE SCHEMA {SCHEMA}".encode())
            connection.execute(f"SET LOCAL search_path TO {SCHEMA}".encode())
            connection.execute(schema.encode())
