"""People's rights by hand: what is kept of a person, erasing them, and what is kept no longer."""

import json
from pathlib import Path

import click
from flask import current_app

from placements.cli_rounds import find_actor
from placements.domain.permissions import SYSTEM, Actor
from placements.services import erasures, retention, subject_access
from placements.services.gazetteer import get_rules
from placements.services.health import check_schema

AS_STAFF = click.option("--as", "email", help="The operator who acts; without it, the service.")
PERSON = click.argument("person")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For a machine to read.")


def _actor(email: str | None) -> Actor:
    check_schema()
    return find_actor(email) if email else SYSTEM


@click.command()
@PERSON
@AS_STAFF
@click.option("--out", type=click.Path(path_type=Path), help="A file to write instead.")
def sar(person: str, email: str | None, out: Path | None) -> None:
    """Write everything kept about a person, as JSON.

    PERSON is a reference or the person's number. Example: placements sar A-000123 --out jay.json.
    """
    actor = _actor(email)
    answer = subject_access.answer_access(actor, subject_access.find_candidate_id(actor, person))
    text = json.dumps(answer, indent=2, ensure_ascii=False)
    if out is None:
        click.echo(text)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            out.chmod(0o600)
            file.write(text)
    except OSError as fault:
        raise click.ClickException(f"{out}: {fault.strerror}. Nothing was written.") from fault
    n_rows = sum(len(rows) for rows in answer["kept"].values())
    click.echo(f"{n_rows} records written. The file holds personal data: delete it once given.")


@click.command()
@PERSON
@AS_STAFF
@click.option("--stop-first", is_flag=True, help="End an offer or a placement they hold first.")
def erase(person: str, email: str | None, stop_first: bool) -> int:
    """Erase a person for good; run again, it goes on where it was cut off.

    PERSON is a reference or the person's number. Example: placements erase A-000123 --stop-first.
    """
    actor = _actor(email)
    candidate_id = subject_access.find_candidate_id(actor, person)
    settings = current_app.config["SETTINGS"]
    done = erasures.erase_person(actor, candidate_id, settings, stop_first=stop_first)
    click.echo(f"Erased: {done.n_rows} records emptied, {done.n_files} letters removed.")
    if done.is_emptied:
        return 0
    click.echo("Others are reading, so free pages wait for the night, or run this again.", err=True)
    return 1


@click.group(name="retention")
def retention_group() -> None:
    """What is kept no longer than the region says. Example: placements retention run --dry-run."""


@retention_group.command()
@click.option("--dry-run", is_flag=True, help="Say what would go and why, and change nothing.")
@AS_JSON
def run(dry_run: bool, as_json: bool) -> None:
    """Remove what is due now; the worker does it each night. Example: placements retention run."""
    check_schema()
    settings = current_app.config["SETTINGS"]
    rules = get_rules(settings.region_folder)
    due = retention.list_due(rules) if dry_run else retention.run_retention(rules, settings)
    if as_json:
        rows = [{"rule": d.rule, "what": d.what, "why": d.why, "n": d.n} for d in due]
        click.echo(json.dumps({"dry_run": dry_run, "due": rows}))
        return
    for line in due:
        click.echo(retention.WORDS[line.rule](line))
    click.echo("Nothing is due." if not due else "Nothing was changed." if dry_run else "Done.")


@click.command(name="data-inventory")
@AS_JSON
def inventory_command(as_json: bool) -> None:
    """List every personal field with purpose, basis and end.

    Example: placements data-inventory --json.
    """
    fields = subject_access.list_inventory()
    if as_json:
        click.echo(json.dumps(fields))
        return
    for one in fields:
        seen = ", ".join(one["seen_by"]) or "nobody"
        click.echo(
            f"{one['table']}.{one['column']}  {one['purpose']}; {one['basis']}; seen by {seen}"
        )
