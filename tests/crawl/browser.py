"""Look at every page in a real browser: access, width, heading, weight, silence, valid HTML.

`python -m crawl.browser [FOLDER] [--people N --placements N --each N]` walks as each person of the
demo at 320 pixels, then through a small region with every state there is, then sends each form
wrongly to see its errors. A fault is printed when it is found. Stopped, the same command goes on
from where it was. It ends with 0 if nothing is wrong, 1 if something is, 2 if it was stopped.
"""

import argparse
import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import conftest
from crawl.demo import environment_of, list_visitors, open_demo
from crawl.journal import Journal, stops_softly
from crawl.sending import Forms, list_states, send_wrong
from crawl.states import NOW, Looker, make_every_state
from crawl.walk import walk
from crawl.watched import Watched
from flask import Flask
from journeys.service import Service
from playwright.sync_api import Browser, Error, Response, sync_playwright
from servers import find_browser

from placements.settings import ROOT

N_FORMS = 2
OWN_FOLDER = ROOT / "instance" / "crawl"
NOT_THERE = ("/nowhere", "/l/nothing", "/me/offer/nothing", "/me/c/by/nothing", "/sign-out")
NOT_THERE += ("/authority/rounds/987654", "/employer/people/987654", "/provider/people/987654")


@dataclass(frozen=True)
class Person:
    """Somebody to walk as: how they sit down at a browser, and where they begin."""

    name: str
    first: str
    each: int
    sit_down: Callable[[Browser], Watched]
    room: str = ""


def main() -> int:
    asked = _read_words()
    folder = Path(asked.folder or OWN_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    journal, was_stopped = Journal(folder / "crawl.jsonl"), False
    try:
        with stops_softly(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
            )
            crawl_states(browser, folder, journal)
            app = open_demo(folder, asked.people, asked.placements)
            with serve_demo(folder) as service:
                people = _list_people_of_demo(app, service, asked.each)
                look_at_all(browser, app, people, journal)
            browser.close()
    except KeyboardInterrupt:
        was_stopped = True
    code = journal.close(was_stopped)
    if not (asked.folder or was_stopped):
        shutil.rmtree(folder)
    return code


def _read_words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", help="Where the demo is, or is made.")
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--placements", type=int, default=350)
    parser.add_argument("--each", type=int, default=4, help="How often each kind of page.")
    return parser.parse_args()


@contextmanager
def serve_demo(folder: Path) -> Iterator[Service]:
    """Serve the demo in a folder as of now, without a worker, until the block ends."""
    (folder / "clock").write_text(datetime.now(UTC).isoformat())
    with _serve(environment_of(folder), folder) as service:
        yield service


@contextmanager
def _serve(environment: dict[str, str], folder: Path) -> Iterator[Service]:
    service = Service(environment["DATABASE_URL"], folder)
    service.environment |= environment
    service.start()
    try:
        yield service
    finally:
        service.stop()


def _list_people_of_demo(app: Flask, service: Service, each: int) -> list[Person]:
    def sit_down(name: str) -> Callable[[Browser], Watched]:
        return lambda browser: Watched(browser, service).be(name)

    found = list_visitors(app).items()
    return [Person(name, first, each, sit_down(name)) for name, (_, first) in found]


def crawl_states(browser: Browser, folder: Path, journal: Journal) -> None:
    """Walk through a new small region with every state there is."""
    database, clock = folder / "states.db", folder / "states-clock"
    database.unlink(missing_ok=True)
    clock.write_text(NOW.isoformat())
    environment = {"DATABASE_URL": f"sqlite:///{database}", "CLOCK_FILE": str(clock)}
    os.environ |= {"CLOCK_FILE": str(clock)}
    conftest.migrate(environment["DATABASE_URL"])
    app = conftest.build_app(environment["DATABASE_URL"])
    with app.app_context():
        lookers = make_every_state()
    with _serve(environment, folder) as service:
        people = [_person_of(app, service, looker) for looker in lookers]
        look_at_all(browser, app, people, journal)
    conftest.close(app)


def _person_of(app: Flask, service: Service, looker: Looker) -> Person:
    def sit_down(browser: Browser) -> Watched:
        with app.app_context():
            link = looker.sign_in_link()
        return Watched(browser, service).open_link(link)

    return Person(f"every state: {looker.name}", looker.first, looker.each, sit_down, looker.room)


def look_at_all(browser: Browser, app: Flask, people: list[Person], journal: Journal) -> None:
    """Walk as each person, then send the forms they came to wrongly."""
    forms, of_rooms = {}, defaultdict[str, Counter](Counter)
    for person in people:
        watched = person.sit_down(browser)
        # Who shares a room comes to the same forms.
        counts = of_rooms[person.room or person.name]
        forms[person.name] = Forms(N_FORMS, counts)
        _walk_as(watched, app, person, journal, forms[person.name])
        print(f"{person.name}: {len(journal.faults)} states so far", flush=True)
        watched.close()
    for person in people:
        watched = person.sit_down(browser)
        for url, place, way in list_states(forms[person.name]):
            state = f"{url} form {place} {way}"
            if journal.knows(person.name, state):
                continue
            try:
                faults = send_wrong(watched, url, place, way)
            except Error as error:
                faults = [f"could not be sent: {str(error).splitlines()[0]}"]
            if faults is not None:
                journal.keep(person.name, state, faults)
        print(f"{person.name}, errors: {len(journal.faults)} states so far", flush=True)
        watched.close()


def _walk_as(watched: Watched, app: Flask, person: Person, journal: Journal, forms: Forms) -> None:
    replies: list[Response | None] = []

    def read(url: str) -> str:
        try:
            reply = watched.go(url)
        except Error as error:
            journal.keep(person.name, url, [f"did not open: {str(error).splitlines()[0]}"])
            reply = None
        replies.append(reply)
        return watched.page.content() if reply and _is_page(reply) else ""

    for visit in walk(app, person.name, person.first, read, person.each, person.room):
        reply = replies[-1]
        if reply is None or not _is_page(reply):
            continue
        forms.take(watched.page, visit.endpoint, visit.url)
        if not journal.knows(person.name, visit.url):
            faults = watched.look(visit.endpoint, reply)
            faults += [f"status {reply.status}"] if reply.status >= 400 else []
            journal.keep(person.name, visit.url, faults)
    for url in () if person.room else NOT_THERE:
        if not journal.knows(person.name, url):
            watched.go(url)
            journal.keep(person.name, url, watched.look("error"))


def _is_page(reply: Response) -> bool:
    return "text/html" in reply.headers.get("content-type", "")


if __name__ == "__main__":
    sys.exit(main())
