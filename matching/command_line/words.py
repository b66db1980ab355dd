"""What a command prints for a person: short lines, figures in columns, nothing to decode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matching.bundle import Bundle
from matching.market import Market
from matching.plan import Plan
from matching.sealing.given import GivenTravel

PROOFS = {
    "exact": "exact: prices prove that no plan by this policy is better",
    "bound": "bound: status {status}, gap {gap}",
    "none": "none: this mechanism has no optimum; its own rule was checked pair by pair",
}
CHECKED = ("market", "places", "pairs", "journeys", "lines", "reasons", "proof")
SEALED = ("bytes", "hashes", "graph")
COLUMNS = ("mechanism", "places", "placed", "first", "top3", "minutes", "changes", "plan")


def market_line(market: Market) -> str:
    """How large a market is, in one line."""
    return (
        f"{len(market.candidates):,} people, {len(market.placements):,} placements, "
        f"{int(market.capacities.sum()):,} places"
    )


def plan_lines(market: Market, plan: Plan) -> list[str]:
    """What a plan did, and its hash."""
    return [
        f"market  {market_line(market)}",
        f"placed  {len(plan.assignments):,} of {len(market.candidates):,}, by {plan.mechanism}",
        f"proof   {proof_line(plan)}",
        f"plan    {plan.sha256}",
    ]


def proof_line(plan: Plan) -> str:
    """What the plan's certificate shows."""
    proof = plan.certificate
    said = PROOFS.get(str(proof.get("kind")), str(proof.get("kind")))
    return said.format(status=proof.get("status", "-"), gap=proof.get("gap", "-"))


def verdict(
    loaded: Market | Bundle, market: Market, plan: Plan, found: list[str]
) -> dict[str, Any]:
    """A check's outcome for a program."""
    said: dict[str, Any] = {
        "ok": not found,
        "checked": [*CHECKED, *(SEALED if isinstance(loaded, Bundle) else ())],
        "violations": found,
        "placed": len(plan.assignments),
        "people": len(market.candidates),
        "certificate": plan.certificate.get("kind", "none"),
        "market_sha256": market.sha256,
        "plan_sha256": plan.sha256,
    }
    if isinstance(loaded, Bundle):
        said |= {name: loaded.document[name] for name in ("homes", "blank", "software")}
    return said


def verdict_lines(
    loaded: Market | Bundle, market: Market, plan: Plan, found: list[str]
) -> list[str]:
    """A check's outcome for a person."""
    if found:
        told = [f"FALSE   {sentence}" for sentence in found]
        return [*told, f"the plan does not hold: {len(found)} claims are false"]
    lines = plan_lines(market, plan)
    if isinstance(loaded, Bundle):
        lines += _bundle_lines(loaded)
    return [*lines, "the plan holds: nothing false was found"]


def _bundle_lines(bundle: Bundle) -> Iterable[str]:
    document = bundle.document
    yield f"bundle  {document['sha256']}"
    yield f"made by {document['software'].get('name')} {document['software'].get('version')}"
    if isinstance(bundle.market.travel, GivenTravel):
        source = bundle.market.travel.source
        yield f"travel  taken as given from {source}: homes are rounded ({document.get('homes')})"
    for kind, names in sorted(document.get("blank", {}).items()):
        if names:
            yield f"blank   {len(names)} {kind} were erased: {', '.join(names)}"


def receipt_lines(receipt: dict[str, Any]) -> list[str]:
    """A receipt as sentences, each placement by its id."""
    lines = [receipt["placement"] or "no place"]
    lines += [f"  {sentence}" for sentence in receipt["because"]]
    for entry in receipt["not_these"]:
        lines.append(f"choice {entry['choice']}, {entry['placement']}: {entry['words']}")
    for change in receipt.get("changes", ()):
        lines.append(change["words"].replace("{place}", str(change["placement"])))
    return [*lines, receipt["untold"]] if receipt.get("untold") else lines


def comparison_lines(rows: list[dict[str, Any]], with_people: bool) -> list[str]:
    """Rows of a comparison as a table, then who changes from the first to each other."""
    table = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(cells[at]) for cells in table) for at in range(len(COLUMNS))]
    lines = [
        "  ".join(
            cell.ljust(width) if at in (0, 1, 7) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in table
    ]
    if with_people:
        for row in rows[1:]:
            lines += ["", f"who changes from {_name(rows[0])} to {_name(row)}:"]
            lines += [
                f"  {one['candidate']}: {one['before'] or '-'} -> {one['after'] or '-'}"
                for one in row["changes"]
            ]
    return lines


def _name(row: dict[str, Any]) -> str:
    return f"{row['mechanism']}{'' if row['uncertain_places'] else ', certain places only'}"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    minutes = row["median_minutes"]
    return (
        row["mechanism"],
        "all" if row["uncertain_places"] else "certain",
        f"{row['placed']:,}",
        f"{row['by_choice'][0]:,}",
        f"{sum(row['by_choice'][:3]):,}",
        "-" if minutes is None else str(minutes),
        f"{len(row['changes']):,}",
        row["plan_sha256"][:12],
    )
