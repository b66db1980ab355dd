"""What became of people: the funnel, and the figures that anybody may read."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from placements.cli_rounds import AS_EMAIL, find_actor
from placements.domain.csv_rows import write_rows
from placements.domain.funnel import JUDGED_STAGES, KEYS, Part, Stage
from placements.domain.what_works import HEADER, list_works, list_works_lines
from placements.services import funnel, open_data, returns, verification
from placements.services.funnel_people import Narrow
from placements.settings import ROOT

DAY = click.DateTime(["%Y-%m-%d"])
AS_KNOWN_ON = click.option(
    "--as-known-on",
    "known_on",
    type=DAY,
    callback=lambda _context, _option, day: day.date() if day else None,
    help="As it was known at the end of a day.",
)


@click.command(name="funnel")
@AS_EMAIL
@click.option("--round", "round_id", type=int, help="One round only.")
@click.option("--by", "key", type=click.Choice(KEYS), help="One funnel for each.")
@AS_KNOWN_ON
@click.option("--json", "as_json", is_flag=True, help="With the ids behind each number.")
def funnel_command(
    email: str, round_id: int | None, key: str | None, known_on: date | None, as_json: bool
) -> None:
    """Print the funnel. Example: placements funnel --by provider --as dawn@authority.example.

    Destination and sustained are told of everybody who started and whose time has come, and of
    everybody known.
    """
    actor = find_actor(email)
    narrow = Narrow(known_on=known_on)
    if key is None:
        stages = funnel.list_funnel(actor, round_id, narrow)
        click.echo(json.dumps([_facts(stage) for stage in stages])) if as_json else _show(stages)
        return
    parts = funnel.list_parts(actor, key, round_id, narrow)
    if as_json:
        click.echo(json.dumps([_part_facts(part) for part in parts]))
        return
    for part in parts:
        click.echo(part.name)
        _show(part.stages)


def _part_facts(part: Part) -> dict[str, Any]:
    facts = {"key": part.key, "value": part.value, "name": part.name}
    return facts | {"stages": [_facts(stage) for stage in part.stages]}


def _facts(stage: Stage) -> dict[str, Any]:
    rates = ("base", "n_known", "of_started", "of_known", "unknown_rate")
    return vars(stage) | {name: getattr(stage, name) for name in rates}


def _show(stages: list[Stage]) -> None:
    for stage in stages:
        words = f"{stage.name:<12} {stage.n:>6} {stage.counts}"
        if stage.name in JUDGED_STAGES:
            words += (
                f"  {_rate(stage.of_started)} of {stage.base} who started, "
                f"{_rate(stage.of_known)} of {stage.n_known} known, "
                f"{_rate(stage.unknown_rate)} not known; {len(stage.early_ids)} too early to say"
            )
        click.echo(words)


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate}%"


@click.command(name="report")
@AS_EMAIL
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for files.")
@AS_KNOWN_ON
def report_command(email: str, out: Path | None, known_on: date | None) -> None:
    """Print the figures that anybody may read, or write them as open data.

    Numbers that would tell of fewer than five people are kept back, alone or by subtraction.
    Example: placements report --as dawn@authority.example --out figures.
    """
    figures = open_data.publish_figures(find_actor(email), known_on)
    if out is not None:
        for path in open_data.save_files(out, figures):
            click.echo(path)
        return
    for table in figures.tables:
        click.echo(table.by)
        for row in table.rows:
            shown = ("-" if n is None else f"{n}" for n in row.counts.values())
            click.echo(f"  {row.name:<40} {' '.join(f'{word:>6}' for word in shown)}")
    click.echo(f"Columns: {', '.join(figures.measures)}. A dash is kept back.", err=True)


@click.command(name="what-works")
@AS_EMAIL
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
@click.option("--csv", "as_csv", is_flag=True, help="One line a row, as the page's file.")
@AS_KNOWN_ON
def what_works_command(email: str, as_json: bool, as_csv: bool, known_on: date | None) -> None:
    """Print what goes with work or learning that lasts, of the figures anybody may read.

    Nothing here says that one brings the other. Few people are kept back.
    Example: placements what-works --as dawn@authority.example.
    """
    works = list_works(open_data.publish_figures(find_actor(email), known_on).tables)
    if as_json:
        rows = [one._asdict() | {"rates": [rate._asdict() for rate in one.rates]} for one in works]
        click.echo(json.dumps(rows))
        return
    if as_csv:
        click.echo(write_rows(HEADER, list_works_lines(works)), nl=False)
        return
    for one in works:
        click.echo(one.title)
        for rate in one.rates:
            shown = ("-" if n is None else f"{n}" for n in rate[1:])
            click.echo(f"  {rate.name:<24} {' '.join(f'{word:>6}' for word in shown)}")
        click.echo(f"  {one.words}")
    click.echo(f"Columns: {', '.join(HEADER[2:])}. A dash is kept back.", err=True)


FOUND_WRONG = 1
MAPPINGS = ROOT / "config" / "returns"


@click.command(name="returns")
@click.argument("name", type=click.Choice(returns.RETURNS))
@AS_EMAIL
@click.option("--as-known-on", type=DAY, required=True, help="What was known at the end of a day.")
@click.option("--since", type=DAY, help="The day of the last return: say what changed.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for files.")
@click.option("--json", "as_json", is_flag=True, help="The report of the checks.")
def returns_command(
    name: str,
    email: str,
    as_known_on: datetime,
    since: datetime | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make a return for an outside body, in its codes, as known on a day.

    Exit code 1 says that something blocks: those lines are left out until it is mended.
    Example: placements returns ilr --as-known-on 2026-10-31 --as dawn@authority.example --out ilr.
    """
    actor, known_on = find_actor(email), as_known_on.date()
    made = returns.make_return(actor, MAPPINGS, name, known_on)
    changes = None
    if since is not None:
        earlier = returns.make_return(actor, MAPPINGS, name, since.date())
        changes = returns.compare_returns(made, earlier)
    if out is not None:
        _save(out, f"{name}-{known_on}", made, changes)
    else:
        shown = made.describe() if as_json else made.write() if changes is None else changes
        click.echo(shown, nl=False)
    n_each = (len(made.lines), len(made.blocking), len(made.warnings), len(made.unmapped))
    words = "{} lines, {} blocked, {} to look at, {} without a code."
    click.echo(words.format(*n_each), err=True)
    if made.blocking:
        raise click.exceptions.Exit(FOUND_WRONG)


def _save(folder: Path, stem: str, made: returns.Return, changes: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{stem}.csv": made.write(), f"{stem}.report.json": made.describe()}
    if changes is not None:
        files[f"{stem}.changes.csv"] = changes
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        click.echo(folder / name)


SEED = click.option("--seed", type=int, default=7, show_default=True, help="Draws the sample.")


@click.group(name="sample")
def sample_group() -> None:
    """Look at answers again. Example: placements sample list --as dawn@authority.example."""


@sample_group.command(name="list")
@AS_EMAIL
@SEED
@click.option("--round", "round_id", type=int, help="One round only.")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def list_sample(email: str, seed: int, round_id: int | None, as_json: bool) -> None:
    """List a fifth of each provider's answers, at least 2 and at most 20."""
    drawn = verification.list_sample(find_actor(email), seed, round_id)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in drawn]))
        return
    for one in drawn:
        found = {True: "right", False: "wrong", None: "to check"}[one.is_right]
        about = f"{one.reference}  {one.question:<4} {one.kind:<12} {one.provider}"
        click.echo(f"{one.outcome_id:>7}  {found:<8}  {about}")


@sample_group.command(name="check")
@click.argument("outcome_id", type=int)
@AS_EMAIL
@click.option("--right/--wrong", "is_right", required=True, help="What you found.")
def check(outcome_id: int, email: str, is_right: bool) -> None:
    """Say whether an answer is right. Example: placements sample check 12 --wrong --as A@B."""
    verification.check_answer_given(find_actor(email), outcome_id, is_right)
    click.echo("right" if is_right else "wrong")


@sample_group.command(name="errors")
@AS_EMAIL
@SEED
@click.option("--round", "round_id", type=int, help="One round only.")
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
def errors(email: str, seed: int, round_id: int | None, as_json: bool) -> None:
    """Print each provider's share of wrong answers, and what it does to its rates."""
    rates = verification.list_errors(find_actor(email), seed, round_id)
    if as_json:
        click.echo(json.dumps([asdict(rate) for rate in rates]))
        return
    for rate in rates:
        words = f"{rate.provider}: {rate.n_wrong} of {rate.n_checked} wrong"
        if rate.low is not None and rate.high is not None:
            words += f", {100 * rate.low:.0f}% to {100 * rate.high:.0f}%"
        for name, (shown, likely, worst) in rate.effects.items():
            words += f"; {name} {shown}% of known, with as many wrong {likely}%, at worst {worst}%"
        click.echo(words)
