"""Invented small markets with every side rule, and oracles that go through all their plans."""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np

from matching import Market

EMPLOYERS = ("Acorn", "Birch", "Cedar")
GROUPS = ("care", "long", "rural")


def ruled_market(seed, *, mechanism="optimal", pins=False):
    """A market small enough to go through every plan: at most 5 people and 4 placements."""
    draw = random.Random(seed)
    n, m = draw.randint(1, 5), draw.randint(1, 4)
    names = [f"p{j}" for j in range(m)]
    people = [
        {
            "id": f"c{i}",
            "choices": draw.sample(names, draw.randint(0, m)),
            "sectors": draw.sample(["food", "care"], draw.randint(0, 2)),
            "priority": draw.sample(GROUPS, draw.randint(0, 2)),
        }
        for i in range(n)
    ]
    places = [
        {
            "id": name,
            "employer": draw.choice(EMPLOYERS),
            "sector": draw.choice(["food", "care"]),
            "capacity": draw.randint(0, 3),
            "capacity_min": draw.choice([None, 0, 1, 2]),
            "group_min": draw.choice([0, 0, 1, 2, 3]),
            "ranking": None,
        }
        for name in names
    ]
    _rank(draw, people, places, often=0.8 if mechanism == "stable" else 0.3)
    caps = {host: draw.randint(0, 3) for host in EMPLOYERS if draw.random() < 0.4}
    aims = draw.sample(["priority", "choice"], 2)
    pairs = [(p["id"], name) for p in people for name in names]
    policy = {
        "mechanism": mechanism,
        "travel": "none",
        "seed": seed,
        "only_ranked": draw.random() < 0.4,
        "objectives": [*aims, "lottery"],
        "weights": draw.choice([[], [["priority", draw.randint(1, 4)], ["choice", 2]]]),
        "priority_groups": draw.sample(GROUPS, draw.randint(0, 3)),
        "uncertain_places": draw.random() < 0.7,
        "forbidden": draw.sample(pairs, min(2, len(pairs))),
    }
    if mechanism == "optimal":
        shares = [(g, draw.choice([0, 30, 60]), draw.choice([70, 100])) for g in GROUPS[:2]]
        policy["shares"] = [s for s in shares if draw.random() < 0.5 and s[1] <= 30]
    if pins:
        pinned = draw.sample(people, draw.randint(1, n))
        policy["pins"] = [(p["id"], draw.choice(names)) for p in pinned]
        policy["forbidden"] = []
    return Market(people, places, policy, caps)


def _rank(draw, people, places, *, often):
    """Let both sides have opinions: with many of them there are several stable plans."""
    for place in places:
        if draw.random() < often:
            place["ranking"] = draw.sample([p["id"] for p in people], len(people))
        if often > 0.5 and draw.random() < 0.7:
            place |= {"capacity": 1, "capacity_min": None, "group_min": 0}
    for person in people:
        if draw.random() < often:
            person["choices"] = draw.sample([p["id"] for p in places], len(places))


@dataclasses.dataclass
class Plans:
    """Every plan of a market that keeps seats and eligibility, one line each, -1 for none."""

    market: Market

    def __post_init__(self):
        market = self.market
        self.people, self.places = list(market.candidates), list(market.placements)
        policy = market.policy
        self.seats = [self.places_of(p) for p in self.places]
        forbidden = set(policy.forbidden)
        self.open = [
            [-1]
            + [
                j
                for j, place in enumerate(self.places)
                if (c.id, place.id) not in forbidden
                and self.seats[j] > 0
                and (not policy.only_ranked or place.id in c.choices)
            ]
            for c in self.people
        ]

    def places_of(self, place):
        if self.market.policy.uncertain_places or place.capacity_min is None:
            return place.capacity
        return min(place.capacity, place.capacity_min)

    def all(self):
        """Every combination of open placements."""
        ways = np.array(list(itertools.product(*self.open)), dtype=np.int64)
        return ways.reshape(-1, len(self.people))

    def counts(self, ways):
        return np.stack([(ways == j).sum(axis=1) for j in range(len(self.places))], axis=1)

    def group_of(self, candidate):
        """The first share the person counts in, or None."""
        names = [group for group, _, _ in self.market.policy.shares]
        return next((g for g in names if g in candidate.priority), None)

    def counted(self, ways, group):
        mine = np.array([self.group_of(c) == group for c in self.people])
        return ((ways >= 0) & mine).sum(axis=1)

    def kept(self, ways):
        """Which plans keep seats, least groups, employers' caps, the most of each share, pins."""
        held = self.counts(ways)
        good = np.ones(len(ways), dtype=bool)
        for j, place in enumerate(self.places):
            good &= held[:, j] <= self.seats[j]
            good &= (held[:, j] == 0) | (held[:, j] >= place.group_min)
        for host, cap in self.market.host_caps.items():
            mine = [j for j, place in enumerate(self.places) if place.employer == host]
            good &= held[:, mine].sum(axis=1) <= cap
        for group, _, most in self.market.policy.shares:
            good &= 100 * self.counted(ways, group) <= most * sum(self.seats)
        for person, place in self.market.policy.pins:
            row, col = self.market.row_of[person], self.market.col_of[place]
            good &= ways[:, row] == col
        return good

    def key(self, ways):
        """What the policy asks for, most important first; a lower line of figures is better."""
        policy = self.market.policy
        figures = [-(ways >= 0).sum(axis=1)]
        for group, least, _ in policy.shares:
            wanted = -(-least * sum(self.seats) // 100)
            figures.append(-np.minimum(self.counted(ways, group), wanted))
        weight = dict(policy.weights)
        weighted = [name for name in policy.objectives if name in weight]
        for name in policy.objectives:
            if name == "lottery":
                continue
            if name in weighted:
                if name == weighted[0]:
                    figures.append(sum(weight[n] * self.level(n, ways) for n in weighted))
            else:
                figures.append(self.level(name, ways))
        return np.stack(figures, axis=1)

    def level(self, name, ways):
        table = np.zeros((len(self.people), len(self.places) + 1), dtype=np.int64)
        for i, person in enumerate(self.people):
            if name == "priority":
                groups = self.market.policy.priority_groups
                found = [g for g in groups if g in person.priority]
                table[i, :-1] = groups.index(found[0]) if found else len(groups)
            else:
                for j, place in enumerate(self.places):
                    liked = 6 if place.sector in person.sectors else 7
                    ranked = place.id in person.choices
                    table[i, j] = person.choices.index(place.id) if ranked else liked
        return table[np.arange(len(self.people)), ways].sum(axis=1)

    def best(self):
        """The figures of the best plan that keeps every rule, or None where no plan does."""
        ways = self.all()
        ways = ways[self.kept(ways)]
        if not len(ways):
            return None
        keys = self.key(ways)
        return tuple(keys[np.lexsort(keys.T[::-1])[0]].tolist())

    def figures(self, plan):
        """The figures of a solved plan, which must keep the rules."""
        way = np.full((1, len(self.people)), -1, dtype=np.int64)
        for person, place in plan.placement_of.items():
            way[0, self.market.row_of[person]] = self.market.col_of[place]
        assert self.kept(way).all()
        assert all(way[0, i] in self.open[i] for i in range(len(self.people)))
        return tuple(self.key(way)[0].tolist())
