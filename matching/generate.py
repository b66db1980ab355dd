"""Invented markets of any size from one seed, for trying the engine and measuring it."""

from __future__ import annotations

import numpy as np

from matching.market import Market
from matching.records import Candidate, Placement, Policy

SECTORS = ("care", "construction", "digital", "food", "logistics", "retail")
DAYS = tuple((day, 540, 1020) for day in range(5))
LATE = tuple((day, 840, 1320) for day in range(5))
CENTRE = (52.48, -1.89)


def generate(people: int, placements: int, places: int, seed: int = 0) -> Market:
    """An invented market around one city, the same for the same seed.

    Parameters
    ----------
    people, placements, places : int
        How many of each; ``places`` is at least ``placements``.
    seed : int

    Returns
    -------
    Market

    Examples
    --------
    >>> market = generate(30, 5, 12, seed=1)
    >>> len(market.candidates), int(market.capacities.sum())
    (30, 12)
    """
    rng = np.random.default_rng(seed)
    towns = rng.normal(0, [0.06, 0.12], (8, 2)) + CENTRE
    spare = max(places - placements, 0)
    extra = rng.multinomial(spare, np.full(placements, 1 / max(placements, 1))).tolist()
    sites = [_placement(rng, j, towns, 1 + more) for j, more in enumerate(extra)]
    persons = [_candidate(rng, i, towns, sites) for i in range(people)]
    groups = ("care_leaver", "long_neet")
    return Market(persons, sites, Policy(priority_groups=groups, seed=seed))


def _point(rng: np.random.Generator, towns: np.ndarray, spread: float) -> tuple[float, float]:
    lat, lon = towns[rng.integers(len(towns))] + rng.normal(0, spread, 2)
    return round(float(lat), 5), round(float(lon), 5)


def _placement(rng: np.random.Generator, j: int, towns: np.ndarray, capacity: int) -> Placement:
    lat, lon = _point(rng, towns, 0.02)
    return Placement(
        id=f"place-{j:05}",
        employer=f"employer-{rng.integers(1 + j // 2):05}",
        sector=str(rng.choice(SECTORS)),
        lat=lat,
        lon=lon,
        capacity=capacity,
        min_age=int(rng.choice([16, 16, 16, 18])),
        needs=("driving_licence",) if rng.random() < 0.05 else (),
        shifts=LATE if rng.random() < 0.15 else DAYS,
        start_from="2026-09-07",
        start_to="2026-10-30",
    )


def _candidate(
    rng: np.random.Generator, i: int, towns: np.ndarray, sites: list[Placement]
) -> Candidate:
    lat, lon = _point(rng, towns, 0.03)
    ways = (("cycle", 0.3), ("train", 0.2), ("car", 0.1))
    modes = ("walk", "bus", *(mode for mode, share in ways if rng.random() < share))
    near = sorted(sites, key=lambda s: abs((s.lat or 0) - lat) + abs((s.lon or 0) - lon))[:40]
    picked = rng.permutation(len(near))[: int(rng.integers(0, 7))]
    groups = [g for g, share in (("care_leaver", 0.05), ("long_neet", 0.2)) if rng.random() < share]
    return Candidate(
        id=f"person-{i:06}",
        lat=lat,
        lon=lon,
        born_on=f"{rng.integers(2002, 2011)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
        modes=modes,
        max_minutes=int(rng.choice([30, 45, 60, 60, 75])),
        availability=tuple((day, 480, 1380 if rng.random() < 0.6 else 1080) for day in range(5)),
        start_from="2026-09-01",
        has=("driving_licence",) if rng.random() < 0.15 else (),
        sectors=tuple(str(s) for s in rng.choice(SECTORS, 2, replace=False)),
        choices=tuple(near[int(k)].id for k in picked),
        priority=tuple(groups),
    )
