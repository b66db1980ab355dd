"""Files in from the command line."""

import json
from datetime import date
from pathlib import Path

import click
from flask import current_app

from placements.domain.csv_rows import FileFault
from placements.services import gazetteer, imports, staff, travel

FOUND_WRONG = 1
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For a machine to read.")


@click.command(name="import")
@click.argument("kind", type=click.Choice(sorted(imports.KINDS)))
@click.argument("file", type=EXISTING, required=False)
@click.option("--as", "email", help="The member of staff who acts.")
@click.option("--dry-run", is_flag=True, help="Check everything and keep nothing.")
@click.option("--template", is_flag=True, help="Print an example file and stop.")
@AS_JSON
def import_command(
    kind: str, file: Path | None, email: str | None, dry_run: bool, template: bool, as_json: bool
) -> None:
    """Take in a file. Example: placements import applications people.csv --as a@b.example.

    Rows to fix are written beside the file, as FILE.needs-fixing.csv, with a column `fix`.
    Exit code 1 says that there are some.
    """
    if template:
        click.echo(imports.write_template(kind), nl=False)
        return
    if file is None or email is None:
        raise click.UsageError("Name the file, and who sends it in with --as EMAIL.")
    folder = current_app.config["SETTINGS"].region_folder
    actor = staff.get_staff(folder.name, email)
    try:
        result = imports.import_file(actor, folder, kind, file.read_bytes(), dry_run=dry_run)
    except FileFault as fault:
        raise click.ClickException(f"{file.name}: {fault} Nothing was kept.") from fault
    _report(kind, file, result, dry_run, as_json)
    if result.bad:
        raise click.exceptions.Exit(FOUND_WRONG)


def _report(
    kind: str, file: Path, result: imports.ImportResult, dry_run: bool, as_json: bool
) -> None:
    counts = {"new": result.n_new, "already_here": result.n_same, "to_fix": len(result.bad)}
    if as_json:
        click.echo(json.dumps(counts | {"problems": [vars(p) for p in result.problems]}))
    else:
        for p in result.problems:
            click.echo(f"line {p.line}, {p.column}: {p.sent!r}. {p.fix}", err=True)
        click.echo(f"{result.n_new} new, {result.n_same} already here, {len(result.bad)} to fix.")
    if dry_run:
        click.echo("Dry run: nothing was kept.", err=True)
    elif result.bad:
        fixes = file.with_suffix(".needs-fixing.csv")
        fixes.write_text(imports.write_fix_file(kind, result), encoding="utf-8-sig")
        click.echo(f"Rows to fix: {fixes}", err=True)


@click.group(name="gazetteer")
def gazetteer_group() -> None:
    """Postcodes. Example: placements gazetteer import ONSPD.csv."""


@gazetteer_group.command(name="import")
@click.argument("file", type=EXISTING)
def import_gazetteer(file: Path) -> None:
    """Take in ONSPD, NSPL or Code-Point Open. Example: placements gazetteer import ONSPD.csv."""
    try:
        n_postcodes = gazetteer.import_gazetteer(file)
    except ValueError as fault:
        raise click.ClickException(f"{fault}. Nothing was kept.") from fault
    click.echo(f"{n_postcodes} postcodes are up to date.")


@click.group(name="timetable")
def timetable_group() -> None:
    """Public transport. Example: placements timetable import feed.zip."""


@timetable_group.command(name="import")
@click.argument("file", type=EXISTING)
@click.option("--week-of", metavar="DATE", help="A day of the week to take, like 2026-09-07.")
@AS_JSON
def import_timetable(file: Path, week_of: str | None, as_json: bool) -> None:
    """Take in a GTFS feed: a week of it, by default the fullest from today on.

    Example: placements timetable import feed.zip --week-of 2026-09-07.
    """
    day = _day("week-of", week_of) if week_of else None
    _show(travel.import_timetable(_region_code(), file, day), as_json)
    if not travel.is_fast():
        click.echo("The extra `fast` is not installed: searches take many times longer.", err=True)


@timetable_group.command(name="show")
@AS_JSON
def show_travel(as_json: bool) -> None:
    """Say where journeys come from now. Example: placements timetable show."""
    _show(travel.get_travel_in_use(_region_code()), as_json)


@timetable_group.command(name="forget")
def forget_travel() -> None:
    """Go back to straight lines; rounds already sealed keep what they were sealed by."""
    travel.forget_import(_region_code())
    _show(travel.get_travel_in_use(_region_code()), False)


@click.group(name="minutes")
def minutes_group() -> None:
    """Tables of minutes. Example: placements minutes import --help."""


@minutes_group.command(name="import")
@click.argument("file", type=EXISTING)
@click.option("--areas", type=EXISTING, help="area,lat,lon of each; else the region's sectors.")
@click.option("--source", required=True, help="Where the minutes are from.")
@click.option("--taken-on", required=True, metavar="DATE", help="The day they hold for.")
@AS_JSON
def import_minutes(
    file: Path, areas: Path | None, source: str, taken_on: str, as_json: bool
) -> None:
    """Take in minutes between postcode sectors or districts: from,to,mode,minutes.

    Example: placements minutes import times.csv --source "County model" --taken-on 2026-09-07.
    """
    folder = current_app.config["SETTINGS"].region_folder
    day = _day("taken-on", taken_on)
    _show(travel.import_minutes(folder, file, areas, source, day), as_json)


def _region_code() -> str:
    return current_app.config["SETTINGS"].region_folder.name


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--{name}: write {text} as a date, like 2026-09-07.") from None


def _show(in_use: travel.TravelInUse, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(vars(in_use)))
        return
    click.echo(f"{in_use.model}: {in_use.source}")
    if in_use.sha256:
        click.echo(f"  from {in_use.valid_from}, taken in on {in_use.imported_on}")
        click.echo(f"  {in_use.sha256}")
