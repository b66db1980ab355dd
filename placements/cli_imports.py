"""Files in from the command line."""

import json
from pathlib import Path

import click
from flask import current_app

from placements.domain.csv_rows import FileFault
from placements.services import gazetteer, imports, staff

FOUND_WRONG = 1
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="import")
@click.argument("kind", type=click.Choice(sorted(imports.KINDS)))
@click.argument("file", type=EXISTING, required=False)
@click.option("--as", "email", help="The member of staff who acts.")
@click.option("--dry-run", is_flag=True, help="Check everything and keep nothing.")
@click.option("--template", is_flag=True, help="Print an example file and stop.")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
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
