"""The command line: each command is one call of a service."""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from importlib.util import find_spec

import click
import flask_migrate
from flask import Flask

from placements import (
    cli_backups,
    cli_demo,
    cli_imports,
    cli_outcomes,
    cli_plans,
    cli_rights,
    cli_rounds,
    cli_routes,
    cli_serve,
    cli_verify,
    clock,
    create_app,
    scheduler,
)
from placements.domain.errors import Refusal
from placements.logs import log_as_json
from placements.services import solver_process
from placements.services.day_messages import begin_days
from placements.services.health import check_known_schema, check_schema, refuse_invented_people
from placements.services.nights import begin_nights
from placements.services.occurrences import describe_occurrence, list_occurrences
from placements.services.outcomes import begin_mornings
from placements.services.plans import PlanSummary
from placements.services.retention import begin_retention
from placements.services.round_figures import list_plans_since
from placements.services.transactions import close_connections
from placements.settings import UnsafeSetting, load_settings

COULD_NOT_RUN, UNSAFE = 2, 78


@click.group()
def commands() -> None:
    """Match young people with work placements in a region."""


@contextmanager
def _app() -> Iterator[Flask]:
    """The app, made when a command runs, and the end of its connections when it is done."""
    app = create_app(load_settings(os.environ))
    with app.app_context():
        try:
            yield app
        finally:
            close_connections()


@commands.command()
def migrate() -> None:
    """Bring the database to the schema of this version. Example: placements migrate."""
    with _app():
        check_known_schema()
        flask_migrate.upgrade()


@commands.command()
@click.option("--once", is_flag=True, help="Run everything that is due now, then stop.")
@click.option("--share", is_flag=True, help="Share the steps of rounds with other workers.")
def worker(once: bool, share: bool) -> None:
    """Run the schedule and send messages. Example: placements worker --once.

    Without --share one worker at a time runs all steps, and any number send messages. With it, on
    PostgreSQL, every worker runs steps: those of one region in their order, regions side by side.
    """
    with _app() as app:
        check_schema()
        if share:
            _check_can_share(app)
        refuse_invented_people(app.config["SETTINGS"])
        begin_mornings()
        begin_nights()
        begin_retention()
        begin_days()
        _run_once(app) if once else _run_on(app, share)


def _check_can_share(app: Flask) -> None:
    if not app.config["SETTINGS"].database_url.startswith("postgresql"):
        raise click.ClickException("--share needs PostgreSQL. Start one worker without it.")
    if find_spec("procrastinate") is None:
        raise click.ClickException("--share needs the queue of steps. Install it: make production")


def _run_once(app: Flask) -> None:
    began_at = clock.now()
    n_steps, n_sent = scheduler.run_and_deliver(app.config["SETTINGS"])
    click.echo(f"{n_steps} steps run, {n_sent} messages sent.")
    for name, plan in list_plans_since(began_at):
        _show_plan(name, plan)


def _run_on(app: Flask, share: bool) -> None:
    def in_context(work: Callable[[], int]) -> int:
        with app.app_context():
            return work()

    settings = app.config["SETTINGS"]
    log_as_json(logging.WARNING if settings.environment == "demo" else logging.INFO)
    cli_serve.stop_on(signal.SIGINT, signal.SIGTERM)

    def wait() -> None:
        with suppress(KeyboardInterrupt):
            scheduler.sleep_until_stopped()

    if not scheduler.run_worker(in_context, wait, settings, shares=share):
        solver_process.kill_all()
        os._exit(0)


def _show_plan(name: str, plan: PlanSummary) -> None:
    """Print what a plan did, and the two hashes that anybody can make again."""
    what = "freed places" if plan.is_cascade else "plan"
    minutes = "-" if plan.median_minutes is None else plan.median_minutes
    click.echo(
        f"{name}, {what}: {plan.n_placed} placed, {plan.n_unplaced} not, "
        f"{plan.n_first} at their first choice, median {minutes} minutes; "
        f"{plan.seconds:.1f} seconds, proof {plan.certificate}"
    )
    click.echo(f"  seal {plan.snapshot_hash}\n  plan {plan.plan_hash}")


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def schedule(as_json: bool) -> None:
    """List what is due, done and passed over, and why. Example: placements schedule --json."""
    with _app():
        rows = [describe_occurrence(o) for o in list_occurrences()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("{due_at}  {state:<8} {schedule} {subject_id}  {reason}".format(**row))


def _in_app(command: click.Command) -> click.Command:
    """Return `command` to run inside the app, which is made only when the command runs."""
    command = copy(command)
    if isinstance(command, click.Group):
        command.commands = {name: _in_app(part) for name, part in command.commands.items()}
        return command
    inner = command.callback

    def run(**given: object) -> object:
        with _app():
            return inner(**given) if inner else None

    command.callback = run
    return command


for outer in (
    cli_rounds.rounds_group,
    cli_outcomes.funnel_command,
    cli_outcomes.report_command,
    cli_outcomes.what_works_command,
    cli_outcomes.returns_command,
    cli_outcomes.sample_group,
    cli_plans.explain,
    cli_plans.why_not_command,
    cli_plans.rescue,
    cli_plans.atrs,
    cli_rounds.staff_command,
    cli_imports.import_command,
    cli_imports.gazetteer_group,
    cli_imports.timetable_group,
    cli_imports.minutes_group,
    cli_routes.routes_command,
    cli_verify.verify_group,
    cli_backups.backup_command,
    cli_backups.restore_command,
    cli_backups.dump_command,
    cli_rights.sar,
    cli_rights.erase,
    cli_rights.retention_group,
    cli_rights.inventory_command,
):
    commands.add_command(_in_app(outer))


for alone in (cli_demo.seed_command, cli_serve.serve_command, cli_demo.demo_command):
    commands.add_command(alone)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; a refusal is one plain line, never a traceback."""
    try:
        code = commands.main(args=words, prog_name="placements", standalone_mode=False)
    except UnsafeSetting as unsafe:
        return _say(str(unsafe), UNSAFE)
    except (click.ClickException, Refusal) as refused:
        words = refused.format_message() if isinstance(refused, click.ClickException) else refused
        return _say(str(words), COULD_NOT_RUN)
    return code if isinstance(code, int) else 0


def _say(words: str, code: int) -> int:
    click.echo(f"placements: {words}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
