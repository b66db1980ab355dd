"""What a person can reach as a picture, a table and a file; drawn here, from no other host."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import request, url_for
from werkzeug.wrappers import Response

from placements.services.gazetteer import get_rules
from placements.services.outlines import Place, find_outlines
from placements.services.reach import Reach
from placements.web.files import csv_file
from placements.web.pages import page

WIDTH, MARGIN, LEGEND = 640, 24, 118
MOST_ROWS = 200
TOO_LONG = "travel_too_long"
BANDS = ((15, "15 minutes or less"), (30, "16 to 30"), (45, "31 to 45"), (60, "46 to 60"))
OVER, BEYOND = "over 60", "beyond the limit"
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "hollow")
SORTS = {
    "place": ("Place", lambda line: (line.placement.title or "").casefold()),
    "there": ("Minutes there", lambda line: line.minutes_there),
    "back": ("Minutes back", lambda line: line.minutes_back),
    "mode": ("How", lambda line: line.mode or ""),
    "band": ("Band", lambda line: line.longer_minutes),
}
HEADER = ["placement", "employer", "district", "minutes_there", "minutes_back", "mode", "band"]


@dataclass(frozen=True)
class Mark:
    """One place on the map: a shape by the longer of its two journeys."""

    x: float
    y: float
    shape: str


@dataclass(frozen=True)
class ReachMap:
    """The picture: lines of districts, their names, where home is about, and the places."""

    height: int
    lines: list[str]
    names: list[tuple[str, float, float]]
    home: tuple[float, float] | None
    marks: list[Mark]
    legend: list[tuple[str, str, int]]

    @property
    def finding(self) -> str:
        """What it shows, in one sentence."""
        near = sum(n for _, words, n in self.legend if words != BEYOND)
        beyond = f"{self.legend[-1][2]} more {'is' if self.legend[-1][2] == 1 else 'are'} too far"
        if not near:
            return f"No place is in reach; {beyond}"
        words = f"{near} {'place is' if near == 1 else 'places are'} in reach"
        return f"{words}, {self.legend[0][2]} of them within 15 minutes; {beyond}"


def list_shown(found: Iterable[Reach]) -> list[Reach]:
    """List what the map shows: what can be taken now, and what only the journey rules out."""
    return [one for one in found if one.obstacle in (None, TOO_LONG) and one.longer_minutes]


def band_of(line: Reach) -> str:
    """Return the band of a place, by the longer of the shift's own two journeys."""
    if line.obstacle:
        return BEYOND
    return next((words for most, words in BANDS if (line.longer_minutes or 0) <= most), OVER)


def draw(folder: Path, shown: Sequence[Reach], home: tuple[float, float] | None) -> ReachMap:
    """Place everything on one flat map of the region."""
    outlines = find_outlines(folder)
    corners = [place for line in outlines.lines for place in line]
    sites = [(one.placement.site.latitude, one.placement.site.longitude) for one in shown]
    around = [*corners, *(sites if not corners else []), *([home] if home else [])]
    project, height = _projection(around or [(0.0, 0.0)])
    words = [*(band for _, band in BANDS), OVER, BEYOND]
    bands = [band_of(one) for one in shown]
    legend = [(shape, band, bands.count(band)) for shape, band in zip(SHAPES, words, strict=True)]
    where = {(site, words.index(band)) for site, band in zip(sites, bands, strict=True)}
    marks = [Mark(*project(site), SHAPES[n]) for site, n in sorted(where, key=lambda w: -w[1])]
    return ReachMap(
        height + LEGEND,
        [" ".join("{},{}".format(*project(p)) for p in line) for line in outlines.lines],
        [(name, *project(place)) for name, place in outlines.names],
        project(home) if home else None,
        marks,
        [one for one in legend if one[1] != OVER or one[2]],
    )


def draw_sites(folder: Path, here: Sequence[Place], others: Sequence[Place]) -> ReachMap:
    """Draw where some placements are among all others; the first of them stands out."""
    outlines = find_outlines(folder)
    corners = [place for line in outlines.lines for place in line]
    project, height = _projection(corners or [*here, *others])
    marks = [Mark(*project(site), "hollow") for site in sorted(set(others))]
    marks += [Mark(*project(site), "square") for site in sorted(set(here))]
    lines = [" ".join("{},{}".format(*project(p)) for p in line) for line in outlines.lines]
    names = [(name, *project(place)) for name, place in outlines.names]
    return ReachMap(height, lines, names, project(here[0]), marks, [])


def _projection(around: Sequence[tuple[float, float]]):
    """Return how a place becomes a point of the picture, and how high the picture is."""
    lats, lons = [lat for lat, _ in around], [lon for _, lon in around]
    narrow = math.cos(math.radians(sum(lats) / len(lats)))
    span = (max(lons) - min(lons)) * narrow or 1.0
    scale = (WIDTH - 2 * MARGIN) / span
    height = round((max(lats) - min(lats)) * scale) + 2 * MARGIN

    def project(place: tuple[float, float]) -> tuple[float, float]:
        x = MARGIN + (place[1] - min(lons)) * narrow * scale
        y = MARGIN + (max(lats) - place[0]) * scale
        return round(x, 1), round(y, 1)

    return project, height


def show_map(template: str, file_url: str, found: list[Reach], home, folder: Path, **facts):
    """Render the map with its table, sorted as the address says."""
    shown = list_shown(found)
    sort = request.args.get("sort", "band")
    sort = sort if sort in SORTS else "band"
    near = sorted((one for one in shown if not one.obstacle), key=SORTS[sort][1])
    return page(
        template,
        picture=draw(folder, shown, home),
        lines=near[:MOST_ROWS],
        n_left_off=max(0, len(near) - MOST_ROWS),
        n_beyond=len(shown) - len(near),
        sort=sort,
        heads=[
            (words, url_for(request.endpoint, sort=code, **(request.view_args or {})), code)
            for code, (words, _) in SORTS.items()
        ],
        band_of=band_of,
        modes={code: one.name for code, one in get_rules(folder).travel.items()},
        file_url=file_url,
        **facts,
    )


def map_file(name: str, found: list[Reach]) -> Response:
    """Return the table of the map as a file, what is beyond the limit with it."""
    rows = [
        (
            one.placement.title,
            one.placement.employer.name,
            one.placement.site.district,
            one.minutes_there,
            one.minutes_back,
            one.mode,
            band_of(one),
        )
        for one in list_shown(found)
    ]
    return csv_file(name, HEADER, rows)
