"""What became of people: the funnel, and the figures that anybody may read."""

import json
from pathlib import Path
from typing import Any

import click

from placements.cli_rounds import AS_EMAIL, find_actor
from placements.domain.funnel import JUDGED_STAGES, KEYS, Part, Stage
from placements.services import funnel, open_data


@click.command(name="funnel")
@AS_EMAIL
@click.option("--round", "round_id", type=int, help="One round only.")
@click.option("--by", "key", type=click.Choice(KEYS), help="One funnel for each.")
@click.option("--json", "as_json", is_flag=True, help="With the ids behind each number.")
def funnel_command(email: str, round_id: int | None, key: str | None, as_json: bool) -> None:
    """Print the funnel. Example: placements funnel --by provider --as dawn@authority.example.

    Destination and sustained are told of everybody who started and whose time has come, and of
    everybody known.
    """
    actor = find_actor(email)
    if key is None:
        stages = funnel.list_funnel(actor, round_id)
        click.echo(json.dumps([_facts(stage) for stage in stages])) if as_json else _show(stages)
        return
    parts = funnel.list_parts(actor, key, round_id)
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
def report_command(email: str, out: Path | None) -> None:
    """Print the figures that anybody may read, or write them as open data.

    Numbers that would tell of fewer than five people are kept back, alone or by subtraction.
    Example: placements report --as dawn@authority.example --out figures.
    """
    figures = open_data.publish_figures(find_actor(email))
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
