"""Plans by hand: compare, choose, check the seal, write for an auditor, explain one person."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app

from placements.cli_rounds import AS_EMAIL, ROUND_ID, find_actor, rounds_group
from placements.services import bundles, plans, receipts, rounds

AS_JSON = click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
COLUMNS = ("mechanism", "n_placed", "n_first", "n_top3", "n_priority_placed", "n_unplaced")
COLUMNS += ("median_minutes", "certificate", "plan_id", "plan_hash")
TITLES = ("", "by", "placed", "first", "top 3", "priority", "unplaced", "minutes", "proof")
TITLES += ("plan", "hash")
WIDTHS = (1, 8, 6, 6, 6, 8, 8, 7, 5, 5, 12)


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@AS_JSON
def compare(round_id: int, email: str, as_json: bool) -> None:
    """Line up a round's plans. Example: placements round compare 1 --as dawn@authority.example."""
    found = plans.list_plans(find_actor(email), round_id)
    if as_json:
        click.echo(json.dumps([asdict(plan) for plan in found]))
        return
    click.echo(_row(TITLES))
    for plan in found:
        mark = "*" if plan.chosen else "+" if plan.is_cascade else ""
        values = [getattr(plan, name) for name in COLUMNS]
        click.echo(_row((mark, *values[:-1], values[-1][:12])))


def _row(values: tuple[Any, ...]) -> str:
    texts = ("-" if value is None else str(value) for value in values)
    return "  ".join(text.ljust(n) for text, n in zip(texts, WIDTHS, strict=True)).rstrip()


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@click.option("--plan", required=True, help="Its number, or its hash, as round compare shows them.")
def choose(round_id: int, email: str, plan: str) -> None:
    """Use another plan of the same seal.

    Example: placements round choose 1 --plan 2 --as dawn@authority.example.
    """
    actor = find_actor(email)
    found = [
        one
        for one in plans.list_plans(actor, round_id)
        if plan == str(one.plan_id) or (len(plan) >= 8 and one.plan_hash.startswith(plan))
    ]
    if len(found) != 1:
        raise click.ClickException(f"There is no one plan {plan} in this round.")
    plans.choose_plan(actor, round_id, found[0].plan_id)
    click.echo(found[0].plan_hash)


@rounds_group.command()
@ROUND_ID
@AS_EMAIL
@AS_JSON
def snapshot(round_id: int, email: str, as_json: bool) -> int:
    """Print a round's seal and check it: 0 if it holds, 1 if a sealed record was changed."""
    seal = rounds.check_seal(find_actor(email), round_id)
    if as_json:
        facts = {**asdict(seal), "taken_at": f"{seal.taken_at:%Y-%m-%dT%H:%M:%SZ}"}
        click.echo(json.dumps({**facts, "ok": not seal.broken}))
    else:
        click.echo(seal.snapshot_hash)
        click.echo(f"{seal.n_people} people, {seal.n_placements} placements")
        click.echo(f"broken: {list(seal.broken)}" if seal.broken else "the seal holds")
    return 1 if seal.broken else 0


@rounds_group.command()
@ROUND_ID
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@AS_EMAIL
@click.option("--exact", is_flag=True, help="Homes and birth dates as sealed, not rounded.")
def bundle(round_id: int, file: Path, email: str, exact: bool) -> None:
    """Write a round for an auditor; packed if FILE ends .gz.

    Anybody with the engine checks it: python -m matching verify FILE.

    Example: placements round bundle 1 round-1.bundle.json.gz --as dawn@authority.example.
    """
    folder = current_app.config["SETTINGS"].region_folder
    sealed = bundles.get_bundle(find_actor(email), round_id, folder, exact=exact)
    try:
        file.write_bytes(sealed.packed if file.name.endswith(".gz") else sealed.plain)
    except OSError as fault:
        raise click.ClickException(f"{file.name} cannot be written: {fault.strerror}.") from fault
    n_blank = sum(map(len, sealed.document["blank"].values()))
    click.echo(f"{file.name}: {len(sealed.plain)} bytes of JSON")
    click.echo(f"sha256 {sealed.document['sha256']}")
    if n_blank:
        click.echo(f"{n_blank} sealed records were erased; the file names them")


@click.command()
@ROUND_ID
@click.argument("reference")
@AS_EMAIL
@AS_JSON
def explain(round_id: int, reference: str, email: str, as_json: bool) -> None:
    """Say why a person got what they got. Example: placements explain 1 A-0001 --as a@b.example."""
    receipt = receipts.explain_reference(find_actor(email), round_id, reference)
    if as_json:
        click.echo(json.dumps(asdict(receipt)))
        return
    click.echo(receipt.title)
    for words in receipt.because:
        click.echo(f"  {words}")
    for choice in receipt.not_these:
        click.echo(f"Not {choice.title}: {choice.words}")
    for words in receipt.changes:
        click.echo(words)
