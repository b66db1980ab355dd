"""Plans by hand: compare, choose, check the seal, write for an auditor, explain one person."""

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app

from placements.cli_rounds import AS_EMAIL, ROUND_ID, find_actor, rounds_group
from placements.services import (
    bundles,
    past_what_if,
    plan_changes,
    plans,
    receipts,
    rescues,
    rounds,
    transparency_records,
    why_not,
)

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
@click.option(
    "--people", is_flag=True, help="List who is placed otherwise than by the plan in use."
)
@click.option("--past", is_flag=True, help="A what-if with past outcomes, keeping nothing.")
@click.option("--certain", is_flag=True, help="Also try the certain places only, keeping nothing.")
def compare(
    round_id: int, email: str, as_json: bool, people: bool, past: bool, certain: bool
) -> None:
    """Line up a round's plans, and who changes.

    Example: placements round compare 1 --people --as dawn@authority.example.
    """
    actor = find_actor(email)
    found = plans.list_plans(actor, round_id)
    moved = {
        f"plan {plan.plan_id}": plan_changes.list_changes(actor, round_id, plan.plan_id)
        for plan in found
        if people and not plan.chosen and not plan.is_cascade
    }
    tried = plan_changes.try_certain_places(actor, round_id) if certain else None
    if tried:
        moved["certain places only"] = tried.changes
    what_if = past_what_if.try_past_outcomes(actor, round_id) if past else None
    if as_json and what_if:
        click.echo(json.dumps(asdict(what_if)))
        return
    if as_json:
        click.echo(_as_json(found, moved, tried, people))
        return
    _show_plans(found)
    if tried:
        click.echo(f"certain places only: {tried.n_placed} placed, {tried.n_unplaced} not")
    if what_if:
        _show_what_if(what_if)
    for name, changes in moved.items() if people else ():
        click.echo(f"{name}: {len(changes)} people change")
        for one in changes:
            click.echo(f"  {one.reference}: {one.before or 'none'} -> {one.after or 'none'}")


def _show_what_if(found: past_what_if.PastWhatIf) -> None:
    click.echo("A what-if only: no plan is made of it.")
    click.echo(f"kinds of work that did well before: {', '.join(found.kinds)}")
    for words, side in (("plan in use", found.in_use), ("what-if", found.tried)):
        click.echo(
            f"{words}: {side.n_placed} placed, {side.n_first} first choice, {side.n_top3} first to "
            f"third, {side.n_in_kinds} to those kinds, {len(side.gate.short)} groups fall short"
        )
    click.echo(f"{found.n_otherwise} people placed otherwise")


def _as_json(found: list[Any], moved: dict[str, list[Any]], tried: Any, people: bool) -> str:
    """A list of plans as ever; with a question about people or a dry run, an object."""
    listed = [asdict(plan) for plan in found]
    if not people and tried is None:
        return json.dumps(listed)
    changes = {name: [asdict(one) for one in group] for name, group in moved.items()}
    dry_run = {"n_placed": tried.n_placed, "n_unplaced": tried.n_unplaced} if tried else None
    return json.dumps({"plans": listed, "changes": changes, "certain_places_only": dry_run})


def _show_plans(found: list[Any]) -> None:
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


@click.command(name="why-not")
@click.argument("application")
@click.argument("placement")
@AS_EMAIL
@AS_JSON
def why_not_command(application: str, placement: str, email: str, as_json: bool) -> None:
    """Say which rule and fact keep a person from a placement today, or that none does.

    Example: placements why-not A-0001 P-0001 --as dawn@authority.example.
    """
    found = why_not.explain_pair(find_actor(email), application, placement)
    if as_json:
        names = ("minutes_there", "minutes_back", "mode", "is_estimate", "obstacle", "words")
        click.echo(json.dumps({name: getattr(found, name) for name in names}))
        return
    click.echo(found.obstacle or "nothing: they could take it")
    click.echo(f"  {found.words}")


@click.command()
@click.argument("placement_id", type=int)
@AS_EMAIL
@AS_JSON
def rescue(placement_id: int, email: str, as_json: bool) -> None:
    """List who could take a place that came free today, the best for everybody first.

    Example: placements rescue 12 --as dawn@authority.example.
    """
    lines = rescues.list_rescue(find_actor(email), placement_id)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines]))
        return
    for line in lines:
        minutes = "-" if line.minutes is None else f"{line.minutes} min {line.mode}"
        marks = [f"choice {line.choice_rank}"] if line.choice_rank else []
        marks += [line.priority] if line.priority else []
        marks += ["no other place is open to them"] if line.is_only_place else []
        click.echo(f"{line.reference}  {minutes:<14} {', '.join(marks)}".rstrip())
    if not lines:
        click.echo("Nobody in line could take it.")


@click.command()
@ROUND_ID
@AS_EMAIL
@AS_JSON
@click.option(
    "--about",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='A TOML file of what only the authority knows: team = "...", contact_email = "...".',
)
def atrs(round_id: int, email: str, as_json: bool, about: Path | None) -> None:
    """Draft a round's public record by the Algorithmic Transparency Recording Standard.

    Example: placements atrs 1 --about record.toml --as dawn@authority.example > record.md.
    """
    folder = current_app.config["SETTINGS"].region_folder
    record = transparency_records.get_transparency_record(
        find_actor(email), round_id, folder, _read_about(about)
    )
    click.echo(json.dumps(record.fields) if as_json else record.document, nl=as_json)
    if record.n_open and not as_json:
        click.echo(f"{record.n_open} fields are left to the authority", err=True)


def _read_about(about: Path | None) -> dict[str, str]:
    try:
        given = tomllib.loads(about.read_text(encoding="utf-8")) if about else {}
    except (OSError, ValueError) as fault:
        raise click.ClickException(f"{about} cannot be read: {fault}.") from fault
    return {name: str(value) for name, value in given.items()}
