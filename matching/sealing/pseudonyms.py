"""The same market under other names: ids replaced, turns in the lottery kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from matching.costs import LOTTERY_BITS
from matching.errors import BundleError
from matching.market import Market
from matching.records import record_dict

Record = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Names:
    """New names by old ones, one table a kind of record."""

    people: Mapping[str, str]
    places: Mapping[str, str]
    employers: Mapping[str, str]


def make_names(market: Market, ids: Mapping[str, str] | None = None) -> Names:
    """Names that say nothing: numbers in the order of the lottery, or those given by id.

    Raises
    ------
    BundleError
        When a record gets no name, or two get the same.
    """
    people = [c.id for c in market.candidates]
    places = [p.id for p in market.placements]
    employers = dict.fromkeys(p.employer for p in market.placements)
    new = {e: f"employer-{n}" for n, e in enumerate((e for e in employers if e), 1)} | {"": ""}
    if ids is None:
        return Names(_numbered("person", people), _numbered("place", places), new)
    missing = next((old for old in [*people, *places] if old not in ids), None)
    if missing is not None:
        raise BundleError(f"bundle: no pseudonym is given for {missing}")
    names = Names({i: ids[i] for i in people}, {i: ids[i] for i in places}, new)
    if len({*names.people.values(), *names.places.values()}) < len(people) + len(places):
        raise BundleError("bundle: one pseudonym is given to two records")
    return names


def _numbered(word: str, ids: list[str]) -> dict[str, str]:
    width = len(str(len(ids)))
    return {name: f"{word}-{at:0{width}}" for at, name in enumerate(ids, 1)}


def rename(market: Market, names: Names) -> Record:
    """The market as plain values under new names, without its model of travel.

    Every position in a ranked list stays what it was; a choice that is in no market becomes
    ``gone-1``, ``gone-2`` and so on.
    """
    plain = {
        "candidates": [_person(c, names) for c in _records(market.candidates.to_list())],
        "placements": [_place(p, names) for p in _records(market.placements.to_list())],
        "policy": _policy(market, names),
        "host_caps": _known(market.host_caps, names.employers),
    }
    return plain | {"lottery": _turns(market, names)}


def _records(given: list[Record]) -> list[Record]:
    return [dict(record) for record in given]


def _person(person: Record, names: Names) -> Record:
    return person | {
        "id": names.people[person["id"]],
        "choices": _ranked(person["choices"], names.places),
        "never_placements": _among(person["never_placements"], names.places),
        "never_employers": _among(person["never_employers"], names.employers),
    }


def _place(place: Record, names: Names) -> Record:
    ranking = place["ranking"]
    return place | {
        "id": names.places[place["id"]],
        "employer": names.employers[place["employer"]],
        "ranking": None if ranking is None else _ranked(ranking, names.people),
    }


def _policy(market: Market, names: Names) -> Record:
    def known(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
        return [
            [names.people[one], names.places[at]]
            for one, at in pairs
            if one in names.people and at in names.places
        ]

    plain = record_dict(market.policy)
    return plain | {"pins": known(market.policy.pins), "forbidden": known(market.policy.forbidden)}


def _ranked(ids: Iterable[str], names: Mapping[str, str]) -> list[str]:
    gone = iter(range(1, 10**6))
    return [names[name] if name in names else f"gone-{next(gone)}" for name in ids]


def _among(ids: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [names[name] for name in ids if name in names]


def _known(values: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int]:
    return {names[name]: value for name, value in values.items() if name in names}


def _turns(market: Market, names: Names) -> dict[str, int]:
    """Numbers that give everyone the turn they had, and the bits that costs use, and no more.

    A whole lottery number would tell an old name to whoever can guess it.
    """
    turns: dict[str, int] = {}
    kinds: tuple[tuple[Any, Mapping[str, str]], ...] = (
        (market.candidates, names.people),
        (market.placements, names.places),
    )
    for records, table in kinds:
        drawn = records.draws(market.policy.seed, market.lottery)
        leading = (drawn >> np.uint64(64 - LOTTERY_BITS)).tolist()
        for at, (name, top) in enumerate(zip(records.ids.tolist(), leading, strict=True)):
            turns[table[name]] = (top << (64 - LOTTERY_BITS)) | at
    return turns
