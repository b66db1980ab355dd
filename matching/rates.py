"""How people travel when only a straight line is known: speeds, waits and hours, as a table."""

from __future__ import annotations

import dataclasses

Hours = tuple[tuple[int, int], ...]
ALWAYS: Hours = ((0, 2880),) * 7
BUS: Hours = ((300, 1410),) * 5 + ((330, 1410), (450, 1380))
TRAIN: Hours = ((345, 1400),) * 5 + ((360, 1400), (510, 1350))
EARTH_METRES = 6_371_008.8
QUIET_BEFORE, QUIET_AFTER = 420, 1140


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """One way of travelling: metres an hour, detour in hundredths, minutes to reach it and wait.

    ``quiet_wait`` is the wait before 7am and after 7pm. ``hours`` are the first and last minute
    of service for each weekday, Monday first.
    """

    speed: int
    detour: int
    access: int
    wait: int
    quiet_wait: int
    hours: Hours


RATES = {
    "walk": Rate(4_800, 125, 0, 0, 0, ALWAYS),
    "cycle": Rate(15_000, 130, 2, 0, 0, ALWAYS),
    "bus": Rate(18_000, 140, 6, 6, 12, BUS),
    "train": Rate(45_000, 130, 14, 8, 15, TRAIN),
    "car": Rate(35_000, 135, 5, 0, 0, ALWAYS),
}
