"""A region's speeds and its imported travel: sealed with a round, told as they are, checked."""

import gzip
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from factories.feeds import WEEK, make_feed, times, trips_of
from factories.records import (
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import select

from placements.domain.errors import GuardRefused, Invalid
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services import bundles, reach, rounds, solving, travel
from placements.services.snapshots import list_broken_records, read_snapshot
from placements.services.transactions import act

CODE = "west_midlands"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
STOPS = "stop_id,stop_lat,stop_lon\nh,52.47542,-1.90021\nf,52.58,-1.75\n"
CALENDAR = WEEK.replace("20260831", "20260601").replace("20260927", "20260731")
FAR = {"latitude": 52.58, "longitude": -1.75}
MINUTES = "from,to,mode,minutes\nhome,far,bus,41\nfar,home,bus,42\n"
AREAS = "area,lat,lon\nhome,52.475,-1.9\nfar,52.58,-1.75\n"


@act
def make_world():
    """Three people in the middle, one of them only by bus; a place 15 km away, 9 to 4."""
    region = make_region(code=CODE)
    placement = make_placement(make_site(make_employer(region), **FAR), 3)
    provider = make_provider(region)
    ways = (["bus"], ["car"], ["walk"])
    choices = {"choices": [placement.reference]}
    people = [make_application(make_candidate(), provider, modes=w, **choices) for w in ways]
    ids = [make_account().id for _ in range(2)]
    return SimpleNamespace(
        region_id=region.id,
        placement_id=placement.id,
        people=[application.id for application in people],
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
    )


@pytest.fixture
def world(app, tmp_path, monkeypatch, clock_file):
    clock_file.write_text(NOW.isoformat())
    monkeypatch.setenv("TRAVEL_DIR", str(tmp_path / "travel"))
    monkeypatch.setenv("REGION", CODE)
    with app.app_context():
        world = make_world()
        world.folder, world.tmp_path = tmp_path / "travel" / CODE, tmp_path
        yield world


def write_feed(world, out="h 08:05, f 08:50", back="f 16:10, h 16:50", **tables):
    path = world.tmp_path / "feed.zip"
    text = {"stop_times": times(out=out, back=back), "stops": STOPS, "calendar": CALENDAR}
    trips = trips_of("bus week out", "bus week back")
    path.write_bytes(make_feed(trips=trips, **{**text, **tables}).getvalue())
    return path


def import_minutes(world):
    minutes, areas = world.tmp_path / "minutes.csv", world.tmp_path / "areas.csv"
    minutes.write_text(MINUTES)
    areas.write_text(AREAS)
    return travel.import_minutes(world.folder, minutes, areas, "invented", date(2026, 6, 1))


def solve(world):
    """Who goes where in a round of today: minutes there, minutes back, estimate."""
    world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
    rounds.open_round(world.operator, world.round_id)
    rounds.lock_round(world.operator, world.round_id)
    solving.solve_round(world.operator, world.round_id)
    rows = db.session.scalars(select(PlanRow).where(PlanRow.placement_id.is_not(None)))
    return {r.application_id: (r.minutes_there, r.minutes_back, r.is_estimate) for r in rows}


def receipt_words(application_id):
    wanted = select(PlanRow).where(PlanRow.application_id == application_id)
    receipt = db.session.scalar(wanted).reasons[0]
    return " ".join(receipt["because"]), receipt["estimate"]


def pair(world, at=0):
    application = db.session.get(Application, world.people[at])
    return application, db.session.get(Placement, world.placement_id)


def test_round_without_an_import_goes_by_the_regions_own_speeds_all_estimates(world):
    _, car, _ = world.people
    assert solve(world) == {car: (47, 47, True)}
    assert travel.get_travel_in_use(CODE).model == "straight_line"
    assert (
        read_snapshot(db.session.get(Round, world.round_id))["travel"].rates.by_mode["bus"].speed
        == 19_000
    )


def test_round_goes_by_the_imported_timetable_and_says_which_minutes_are_estimates(world):
    kept = travel.import_timetable(CODE, write_feed(world))
    assert (kept.model, kept.source, kept.valid_from) == ("timetable", "feed.zip", "2026-06-01")
    bus, car, _ = world.people
    assert solve(world) == {bus: (55, 50, False), car: (47, 47, True)}
    said = "This is your first choice. The journey takes 55 minutes by bus."
    assert receipt_words(bus) == (said, False)
    words, estimate = receipt_words(car)
    assert estimate and "(an estimate)" in words


def test_round_goes_by_the_imported_table_of_minutes(world):
    assert import_minutes(world).source == "invented"
    bus, car, _ = world.people
    assert solve(world) == {bus: (41, 42, False), car: (47, 47, True)}


def test_sealed_round_keeps_its_timetable_when_a_later_one_is_imported(world):
    travel.import_timetable(CODE, write_feed(world))
    before = solve(world)
    travel.import_timetable(CODE, write_feed(world, out="h 07:00, f 07:45"))
    sealed = db.session.get(Round, world.round_id)
    assert read_snapshot(sealed)["travel"].timetable.runs[:, 1].max() == 16 * 3600 + 600
    kept = db.session.scalar(select(Plan))
    assert solving.is_intact(kept)
    assert not list_broken_records(sealed)
    bundles.get_bundle(world.operator, world.round_id)
    assert before[world.people[0]] == (55, 50, False)
    assert reach.recheck([pair(world)], {})[0].rule == "TRAVEL_TOO_LONG"


def test_sealed_round_whose_file_is_gone_or_changed_is_refused_in_words(world):
    kept = travel.import_timetable(CODE, write_feed(world))
    solve(world)
    sealed, file = db.session.get(Round, world.round_id), world.folder / f"{kept.sha256}.json.gz"
    body = gzip.decompress(file.read_bytes())
    for spoiled, words in (
        (gzip.compress(body.replace(b"58200", b"58201")), "was changed"),
        (b"junk", "cannot be read"),
        (None, "is missing"),
    ):
        travel.forget_loaded()
        file.unlink() if spoiled is None else file.write_bytes(spoiled)
        with pytest.raises(GuardRefused, match=words):
            read_snapshot(sealed)


def test_recheck_of_a_pair_goes_by_the_timetable_and_says_so(world):
    travel.import_timetable(CODE, write_feed(world))
    bus, car = reach.recheck([pair(world), pair(world, 1)], {})
    assert (bus.minutes, bus.is_estimate, bus.rule) == (55, False, None)
    assert (car.minutes, car.is_estimate, car.rule) == (47, True, None)
    late = write_feed(world, back="f 15:10, h 15:50")
    travel.import_timetable(CODE, late)
    assert reach.find_obstacle(*pair(world)) is not None
    assert reach.recheck([pair(world)], {})[0].rule == "TRAVEL_NO_SERVICE"


def test_one_place_is_looked_up_in_the_timetable_a_list_of_places_is_an_estimate(world):
    travel.import_timetable(CODE, write_feed(world))
    one = reach.find_live_reach(*pair(world))
    assert (one.minutes_there, one.minutes_back, one.is_estimate) == (55, 50, False)
    assert [line.is_estimate for line in reach.list_reach(pair(world)[0])] == [True]


def test_forget_import_goes_back_to_straight_lines(world):
    travel.import_timetable(CODE, write_feed(world))
    travel.forget_import(CODE)
    travel.forget_import(CODE)
    assert travel.get_travel_in_use(CODE).model == "straight_line"
    assert len(list(world.folder.glob("*.json.gz"))) == 1


def test_import_of_a_bad_file_names_file_and_line_and_keeps_nothing(world):
    bad = write_feed(world, out="h 08:05, x 08:50")
    with pytest.raises(Invalid, match=r"feed\.zip: stop_times\.txt line 3: stop_id 'x'"):
        travel.import_timetable(CODE, bad)
    with pytest.raises(Invalid, match="the feed ends on 2026-05-31"):
        old = WEEK.replace("20260831", "20260501").replace("20260927", "20260531")
        travel.import_timetable(CODE, write_feed(world, calendar=old))
    assert not world.folder.exists()


def test_region_of_another_service_has_no_speeds_here(world):
    @act
    def make_other():
        return make_region().id

    assert travel.find_travel(make_other()) is None
