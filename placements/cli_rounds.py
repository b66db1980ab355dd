"""Rounds by hand: the same services, so the same guards, as the pages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from flask import current_app

from placements.clock import LONDON
from placements.domain.errors import Invalid
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import (
    approvals,
    cascading,
    deadlines,
    plans,
    publishing,
    rounds,
    solving,
    staff,
)

AS_EMAIL = click.option("--as", "email", required=True, help="The member of staff who acts.")
ROUND_ID = click.argument("round_id", type=int)


def find_actor(email: str) -> Actor:
    """Return the member of staff whose address this is."""
    return staff.get_staff(current_app.config["SETTINGS"].region_folder.name, email)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("when", f"Write {text} as a date and time, like 2026-06-16T10:00.") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=LONDON)).astimezone(UTC)


def _describe(round_: Any) -> dict[str, Any]:
    names = ("id", "name", "state", "seed", "snapshot_hash", "plan_hash", "reason")
    facts = {name: getattr(round_, name) for name in names}
    dates = ("opens_at", "locks_at", "release_at")
    return facts | {name: f"{getattr(round_, name):%Y-%m-%dT%H:%M:%SZ}" for name in dates}


@click.group(name="round")
def rounds_group() -> None:
    """Run a round by hand. Example: placements round list --as dawn@authority.example."""


@rounds_group.command(name="list")
@AS_EMAIL
def list_command(email: str) -> None:
    """List the region's rounds, newest first."""
    for round_ in rounds.list_rounds(find_actor(email)):
        click.echo(f"{round_.id}  {round_.state:<10} {round_.name}")


@rounds_group.command()
@AS_EMAIL
@click.option("--name", required=True)
@click.option("--opens", required=True, help="London time, like 2026-06-02T10:00.")
@click.option("--locks", required=True)
@click.option("--release", required=True)
@click.option("--seed", default=7, show_default=True)
def create(email: str, name: str, opens: str, locks: str, release: str, seed: int) -> None:
    """Plan a round and print its number."""
    dates = (_instant(opens), _instant(locks), _instant(release))
    click.echo(rounds.create_round(find_actor(email), name, dates, seed))


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
def show(round_id: int, email: str) -> None:
    """Print one round as JSON."""
    click.echo(json.dumps(_describe(rounds.get_round(find_actor(email), round_id)), indent=2))


def _add_act(name: str, words: str, service: Callable[[Actor, int], object]) -> None:
    @rounds_group.command(name=name, help=words)
    @ROUND_ID
    @AS_EMAIL
    def run(round_id: int, email: str) -> None:
        actor = find_actor(email)
        service(actor, round_id)
        click.echo(rounds.get_round(actor, round_id).state)


_add_act("open", "Let people change their choices.", rounds.open_round)
_add_act("lock", "Seal who and what the round is about.", rounds.lock_round)
_add_act("retry", "Bring a failed round back to locked.", solving.retry_round)
_add_act("publish", "Send all offers, once the release time has come.", publishing.publish_round)
_add_act("cascade", "Offer freed places to people still in line.", cascading.cascade_round)


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@click.option("--mechanism", help="Another plan beside the one in use: stable, serial, nearest.")
def solve(round_id: int, email: str, mechanism: str | None) -> None:
    """Make a plan and check it."""
    actor = find_actor(email)
    if mechanism:
        plans.solve_again(actor, round_id, mechanism)
    else:
        solving.solve_round(actor, round_id)
    click.echo(rounds.get_round(actor, round_id).state)


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@click.option("--plan", "plan_hash", required=True, help="The hash you read in round show.")
@click.option("--snapshot", "snapshot_hash", required=True)
@click.option("--override", help="Why it may go out although a group falls short.")
def approve(
    round_id: int, email: str, plan_hash: str, snapshot_hash: str, override: str | None
) -> None:
    """Approve a plan that somebody else prepared, by its two hashes."""
    approvals.approve_plan(find_actor(email), round_id, plan_hash, snapshot_hash, override)
    click.echo("approved")


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@click.option("--reason", required=True)
def cancel(round_id: int, email: str, reason: str) -> None:
    """Call a round off before it is published."""
    rounds.cancel_round(find_actor(email), round_id, reason)
    click.echo("cancelled")


@rounds_group.command()
@click.argument("assignment_id", type=int)
@AS_EMAIL
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day.")
@click.option("--reason", required=True)
def extend(assignment_id: int, email: str, until: datetime, reason: str) -> None:
    """Give one offer more time; it stays on record who did and why."""
    deadlines.extend_deadline(find_actor(email), assignment_id, until.date(), reason)
    click.echo(f"The last day to answer is now {until:%Y-%m-%d}.")


@click.command(name="staff")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--power", required=True, type=click.Choice(["operator", "approver"]))
def staff_command(email: str, name: str, power: str) -> None:
    """Give a person a power. Example: placements staff a@b.example --name A --power operator."""
    region = current_app.config["SETTINGS"].region_folder.name
    staff.add_staff(region, email, name, Role(power))
    click.echo(f"{email} is now {power} in {region}.")
