"""Invented small markets in which every rule refuses somebody and every mechanism has a choice."""

import numpy as np

from matching import Market

SECTORS = ("care", "food", "retail")
NEEDS = ("first_aid", "van")
DAYS = (0, 1, 2)
STARTS = ("2026-09-01", "2026-09-21", "2026-10-12")


def rich_market(seed, mechanism="optimal", people=16, places=7, **policy):
    """A market of some people and places around one town, the same for the same seed."""
    rng = np.random.default_rng(seed)
    sites = [_place(rng, at, people) for at in range(places)]
    ids = [site["id"] for site in sites]
    given = {
        "mechanism": mechanism,
        "priority_groups": ["care_leaver"],
        "seed": int(rng.integers(1_000)),
        **policy,
    }
    return Market([_person(rng, at, ids) for at in range(people)], sites, given)


def _place(rng, at, people):
    start, end = ((540, 960), (420, 900), (840, 1290))[int(rng.integers(3))]
    opens = int(rng.integers(3))
    place = {
        "id": f"place-{at}",
        "employer": f"employer-{at // 2}",
        "sector": str(rng.choice(SECTORS)),
        "lat": 52.48 + float(rng.normal(0, 0.05)),
        "lon": -1.9 + float(rng.normal(0, 0.08)),
        "capacity": int(rng.choice([0, 1, 1, 2, 3])),
        "min_age": int(rng.choice([0, 16, 18])),
        "needs": [need for need in NEEDS if rng.random() < 0.15],
        "shifts": [[day, start, end] for day in DAYS],
        "start_from": STARTS[opens],
        "start_to": (*STARTS[1:], "2026-10-30")[opens],
    }
    if rng.random() < 0.4:
        place["ranking"] = [f"person-{n:02}" for n in rng.permutation(people)[: people // 2]]
    return place


def _person(rng, at, ids):
    begin, end = ((450, 1080), (480, 1320), (0, 1440), (560, 1000))[int(rng.integers(4))]
    return {
        "id": f"person-{at:02}",
        "lat": 52.48 + float(rng.normal(0, 0.05)),
        "lon": -1.9 + float(rng.normal(0, 0.08)),
        "born_on": f"{rng.integers(2006, 2010)}-10-05",
        "modes": ["walk", *(mode for mode in ("cycle", "bus") if rng.random() < 0.6)],
        "max_minutes": int(rng.choice([25, 40, 60])),
        "availability": [[day, begin, end] for day in DAYS],
        "start_from": str(rng.choice(STARTS)),
        "start_to": "2026-10-20" if rng.random() < 0.5 else None,
        "has": [need for need in NEEDS if rng.random() < 0.5],
        "sectors": [str(rng.choice(SECTORS))],
        "choices": [ids[n] for n in rng.permutation(len(ids))[: int(rng.integers(0, 5))]],
        "priority": ["care_leaver"] if rng.random() < 0.2 else [],
    }
