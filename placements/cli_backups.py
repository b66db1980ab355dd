"""Copies of everything, how they come back, and a copy that says nothing of anybody."""

import json
from pathlib import Path

import click
from flask import current_app

from placements.services.backups import making, redacting, restoring
from placements.services.health import check_schema

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(name="backup")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def backup_command(file: Path, as_json: bool) -> None:
    """Write everything to one file while people work. Example: placements backup monday.zip."""
    check_schema()
    manifest = making.back_up(file)
    facts = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "kind": manifest.kind,
        "schema": manifest.schema,
        "taken_at": manifest.taken_at,
        "audit_seq": manifest.audit_seq,
        "rows": sum(manifest.tables.values()),
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo(
        "{file}: {rows} rows as at {taken_at}, schema {schema}, {bytes} bytes.".format(**facts)
    )


@click.command(name="restore")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Lose what the database holds now.")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def restore_command(file: Path, replace: bool, as_json: bool) -> None:
    """Bring a backup back into an empty database. Example: placements restore monday.zip.

    Stop serve and worker first. Whoever was erased since the backup is erased again before
    the service is ready; a restore that is cut off is run again.
    """
    settings = current_app.config["SETTINGS"]
    done = restoring.restore(file, settings, replaces=replace)
    facts = {
        "taken_at": done.manifest.taken_at,
        "schema": done.schema,
        "audit_seq": done.manifest.audit_seq,
        "rows": sum(done.manifest.tables.values()),
        "erased_again": done.n_erased,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return
    words = "{rows} rows as at {taken_at} are back; {erased_again} people erased again."
    click.echo(words.format(**facts))


@click.command(name="dump")
@click.argument("file", type=FILE)
@click.option("--redacted", is_flag=True, help="Without anything that says something of anybody.")
def dump_command(file: Path, redacted: bool) -> None:
    """Write ids, codes and times for whoever mends a fault.

    Example: placements dump --redacted f.zip.
    """
    if not redacted:
        raise click.ClickException("Say --redacted. A whole copy is: placements backup FILE")
    check_schema()
    n_rows = redacting.dump_redacted(file)
    click.echo(f"{file}: {n_rows} rows, with no name, address, date of birth or words of anybody.")
