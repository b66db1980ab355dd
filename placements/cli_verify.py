"""Whether every rule holds in every row: what the checks find, by ids, for people and machines."""

import json

import click
from flask import current_app

from placements.services.health import check_schema
from placements.services.invariants import verifying


@click.group(name="verify")
def verify_group() -> None:
    """Check the records; 0 clean, 1 found something, 2 could not check.

    Example: placements verify audit.
    """


def _show(report: verifying.Report) -> int:
    click.echo(json.dumps(report.to_dict()))
    for name in report.unchecked:
        click.echo(f"placements: {name} could not be checked.", err=True)
    return report.exit_code


@verify_group.command()
def invariants() -> int:
    """Check every invariant in every row. Example: placements verify invariants."""
    check_schema()
    return _show(verifying.verify_invariants(current_app.config["SETTINGS"].anchor_folder))


@verify_group.command(name="audit")
def audit_command() -> int:
    """Find any edit, removal or insertion in the audit. Example: placements verify audit."""
    check_schema()
    return _show(verifying.verify_audit(current_app.config["SETTINGS"].anchor_folder))


@verify_group.command(name="round")
@click.argument("round_id", type=int)
def round_command(round_id: int) -> int:
    """Check a round and make its plan again. Example: placements verify round 1."""
    check_schema()
    return _show(verifying.verify_round(round_id))
