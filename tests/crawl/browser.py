"""Look at every page of the demo in a real browser: access, width, heading, weight, silence.

`python -m crawl.browser [FOLDER] [--people N --placements N --each N]` walks as each person at 320
pixels, then sends each form empty to see its errors. It prints what is wrong and how many states
of pages it saw, and ends with 1 if anything is wrong.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawl.demo import environment_of, list_visitors, open_demo
from crawl.walk import walk
from flask import Flask
from journeys.person import PHONE, find_axe_faults, find_too_wide
from journeys.service import Service
from playwright.sync_api import Browser, Page, Response, sync_playwright
from servers import find_browser

MOST_BYTES = 150 * 1024
MOST_OFFER_BYTES = 60 * 1024
ERROR_STATES = (422, 404)


class Watched:
    """One browser page; what it asked of other hosts and wrote to its console is kept."""

    def __init__(
        self, browser: Browser, service: Service, person: str, viewport: dict = PHONE
    ) -> None:
        self.context = browser.new_context(viewport=viewport)
        self.page, self.host, self.noise = self.context.new_page(), service.url, []
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("request", lambda asked: self._ask(asked.url))
        if person != "nobody":
            self.page.goto(f"{service.url}/demo")
            self.page.locator(f'form[action="/demo/as/{person}"] button').first.click()

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself says so of the very errors that are looked at on purpose.
        if kind == "error" and "the server responded with a status of" not in text:
            self.noise.append(f"console: {text}")

    def _ask(self, url: str) -> None:
        if not url.startswith((self.host, "data:")):
            self.noise.append(f"asked another host: {urlsplit(url).netloc}")

    def take_noise(self) -> list[str]:
        """Return what was heard since the last time."""
        heard, self.noise = self.noise, []
        return heard


def main() -> int:
    asked = _read_words()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(asked.folder or scratch)
        app = open_demo(folder, asked.people, asked.placements)
        with serve_demo(folder) as service:
            return look_at_all(app, service, asked.each)


@contextmanager
def serve_demo(folder: Path) -> Iterator[Service]:
    """Serve the demo in a folder as of now, without a worker, until the block ends."""
    (folder / "clock").write_text(datetime.now(UTC).isoformat())
    service = Service(environment_of(folder)["DATABASE_URL"], folder)
    service.environment |= environment_of(folder)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def _read_words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", help="Where the demo is, or is made.")
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--placements", type=int, default=350)
    parser.add_argument("--each", type=int, default=4, help="How often each kind of page.")
    return parser.parse_args()


def look_at_all(app: Flask, service: Service, each: int) -> int:
    """Walk as each person; print what is wrong; return 1 if anything is."""
    wrong: list[str] = []
    n_states = n_errors = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for person, (_, first) in list_visitors(app).items():
            watched, forms = Watched(browser, service, person), []

            def read(url: str, watched=watched, forms=forms) -> str:
                reply = watched.page.goto(service.url + url)
                forms += [url] if _has_form(watched.page) else []
                return watched.page.content() if reply and _is_page(reply) else ""

            for visit in walk(app, person, first, read, each):
                found = look(watched, visit.endpoint)
                n_states += 1
                wrong += [f"{person} {visit.url}: {words}" for words in found]
            for url in forms:
                n_errors += 1
                wrong += [f"{person} {url}, sent empty: {w}" for w in _send_empty(watched, url)]
            print(f"{person}: {n_states} pages and {n_errors} error states so far", flush=True)
            watched.context.close()
        browser.close()
    for words in wrong:
        print(f"WRONG {words}")
    print(f"{n_states + n_errors} states of pages, {len(wrong)} wrong")
    return 1 if wrong else 0


def _is_page(reply: Response) -> bool:
    return "text/html" in reply.headers.get("content-type", "")


def look(watched: Watched, endpoint: str) -> list[str]:
    """List what is wrong with the page that is shown."""
    page = watched.page
    found = [str(fault) for fault in (*find_axe_faults(page), *find_too_wide(page))]
    found += watched.take_noise()
    headings = page.locator("h1").all_inner_texts()
    title = page.title().removeprefix("Error: ")
    if len(headings) != 1:
        found.append(f"{len(headings)} main headings")
    elif " ".join(headings[0].split()) not in " ".join(title.split()):
        found.append(f"the heading {headings[0]!r} is not the title {title!r}")
    size = len(page.content().encode())
    most = MOST_OFFER_BYTES if "offer" in endpoint else MOST_BYTES
    return [*found, f"{size // 1024} KB"] if size > most else found


def _has_form(page: Page) -> bool:
    typed = "main form[method=post] :is(input:not([type=hidden]), textarea, select)"
    return page.locator(typed).count() > 0


def _send_empty(watched: Watched, url: str) -> list[str]:
    """Empty the first form to fill in, send it, and look at what comes back if it is refused."""
    page = watched.page
    page.goto(watched.host + url)
    form = page.locator("main form[method=post]").filter(
        has=page.locator("input:not([type=hidden]), textarea, select")
    )
    if not form.count():
        return []
    for box in form.first.locator("input[type=text], input[type=email], textarea").all():
        box.fill("")
    for tick in form.first.locator("input:checked").all():
        tick.evaluate("box => { box.checked = false }")
    with page.expect_navigation() as gone:
        form.first.locator("button").first.click()
    reply = gone.value
    if reply is None or reply.status not in ERROR_STATES:
        return [] if reply is None or reply.status < 500 else [f"status {reply.status}"]
    found = look(watched, "error")
    if reply.status == 422 and not page.title().startswith("Error: "):
        found.append("the title does not begin with Error:")
    return found


if __name__ == "__main__":
    sys.exit(main())
