"""Matching of people to placements: exact, explained, and checked by a second pair of eyes.

Values in, values out: nothing here reads a clock, a file or a database. A market is people,
placements and a policy; solving it gives a plan, which anyone can check and have explained.

>>> from matching import Market, explain, solve, verify
>>> people = [
...     {"id": "ann", "choices": ["shop", "farm"]},
...     {"id": "bob", "choices": ["shop"]},
... ]
>>> market = Market(people, [{"id": "shop"}, {"id": "farm"}], {"travel": "none"})
>>> plan = solve(market)
>>> plan.placement_of
{'ann': 'farm', 'bob': 'shop'}
>>> verify(market, plan)
[]
>>> for words in explain(market, plan, "ann").because:
...     print(words)
This is your second choice.

Where to begin:

- the market: ``Market`` of ``Candidate``, ``Placement`` and ``Policy``; how people travel:
  ``StraightLine`` and ``Rates``, ``TableTravel`` with ``read_minutes``, ``TimetableTravel`` with
  ``read_gtfs``
- the plan: ``solve`` gives a ``Plan``, ``verify`` says what is false in one, ``compare`` solves
  under several policies
- why: ``explain`` and ``explain_all`` give a ``Receipt``, ``with_change`` lets anyone try what it
  says, ``what_ifs`` answers the usual questions, ``blocking_pairs`` lists who envies whom
- who can go where: ``reach``, ``reach_table``, ``recheck_pairs``
- what places are worth: ``worth_of_places``, ``worth_of_later_starts``; how groups did:
  ``fairness``
- afterwards: ``cascade`` gives freed places again, ``rescue`` says who could take one today
- for others to check: ``seal``, ``read_bundle``, ``check_bundle``, ``graph``, ``check_graph``,
  ``transparency``
- below all of it, for arrays of any kind: ``assign``, and ``certify``, which proves its answers

The same in a shell: ``python -m matching --help``.
"""

from matching.assign import Assignment, assign
from matching.bundle import Bundle, check_bundle, read_bundle
from matching.cascade import Cascade, cascade
from matching.certify import certify
from matching.checking.eligible import Pair, recheck_pairs
from matching.compare import compare
from matching.errors import FeedError, MarketError, MatchingError, PlanError, PolicyError
from matching.explain import explain, explain_all
from matching.explaining.envy import Envy, blocking_pairs
from matching.explaining.receipts import Receipt
from matching.facts import with_change
from matching.fairness import Fairness, fairness
from matching.marginal import Worth, worth_of_later_starts, worth_of_places
from matching.market import Market
from matching.plan import Placed, Plan
from matching.policy import Policy
from matching.questions import WhatIf, what_ifs
from matching.rates import Rate, Rates
from matching.reach import Reached, reach, reach_table
from matching.records import Candidate, Placement
from matching.rescue import Rescue, rescue
from matching.sealing.graphs import check_graph, graph
from matching.sealing.seal import seal
from matching.solve import solve
from matching.transparency import transparency
from matching.transport.by_table import TableTravel, read_minutes
from matching.transport.by_timetable import TimetableTravel
from matching.transport.gtfs import read_gtfs
from matching.travel import StraightLine
from matching.verify import verify

__all__ = [
    "Assignment",
    "Bundle",
    "Candidate",
    "Cascade",
    "Envy",
    "Fairness",
    "FeedError",
    "Market",
    "MarketError",
    "MatchingError",
    "Pair",
    "Placed",
    "Placement",
    "Plan",
    "PlanError",
    "Policy",
    "PolicyError",
    "Rate",
    "Rates",
    "Reached",
    "Receipt",
    "Rescue",
    "StraightLine",
    "TableTravel",
    "TimetableTravel",
    "WhatIf",
    "Worth",
    "assign",
    "blocking_pairs",
    "cascade",
    "certify",
    "check_bundle",
    "check_graph",
    "compare",
    "explain",
    "explain_all",
    "fairness",
    "graph",
    "reach",
    "reach_table",
    "read_bundle",
    "read_gtfs",
    "read_minutes",
    "recheck_pairs",
    "rescue",
    "seal",
    "solve",
    "transparency",
    "verify",
    "what_ifs",
    "with_change",
    "worth_of_later_starts",
    "worth_of_places",
]
