"""The pages as a list: each route, and who may open it."""

import json

import click
from flask import current_app

from placements.web.routes import list_routes


@click.command(name="routes")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def routes_command(as_json: bool) -> None:
    """List every page with its roles and scope. Example: placements routes --json."""
    rows = list_routes(current_app)
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        who = ", ".join(row["roles"]) or "everybody"
        click.echo(f"{'/'.join(row['methods']):<9} {row['rule']:<44} {who} ({row['scope']})")
