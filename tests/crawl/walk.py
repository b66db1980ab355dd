"""Every page that a person can come to by links: each kind of page some times, as each person."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

EACH = 4
FILES = (".csv", ".json", ".ics")
LEFT_ALONE = ("static", "young_people.download", "accounts.sign_out", "demo.", "public.demo")


@dataclass(frozen=True)
class Visit:
    """One page as one person came to it."""

    person: str
    endpoint: str
    url: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.append(str(given["href"]))


def walk(
    app: Flask,
    person: str,
    first: str,
    read: Callable[[str], str],
    each: int = EACH,
    room: str = "",
) -> Iterator[Visit]:
    """Follow links from `first`; `read` fetches a page and returns its HTML, empty if it is none.

    Of one kind of page (an endpoint with the same names asked) at most `each` are looked at, and
    only those whose endpoint begins with `room`.
    """
    waiting, seen, counts = deque([first]), {first}, Counter[str]()
    while waiting:
        url = waiting.popleft()
        endpoint = find_endpoint(app, url)
        if endpoint is None or endpoint.startswith(LEFT_ALONE) or url.endswith(FILES):
            continue
        if not endpoint.startswith(room):
            continue
        kind = f"{endpoint}?{'&'.join(sorted(_asked(url)))}"
        if counts[kind] >= each:
            continue
        counts[kind] += 1
        html = read(url)
        yield Visit(person, endpoint, url)
        for link in list_links(html, url):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def list_links(html: str, url: str) -> list[str]:
    """List the pages of this service that a page leads to."""
    reader = _Links()
    reader.feed(html)
    whole = (urljoin(url, href) for href in reader.found)
    return [link.split("#")[0] for link in whole if not urlsplit(link).netloc and link[:1] == "/"]


def find_endpoint(app: Flask, url: str) -> str | None:
    """Return the name of the page behind an address, or None."""
    parts = urlsplit(url)
    try:
        return str(app.url_map.bind("localhost").match(parts.path, "GET")[0])
    except HTTPException:
        return None


def _asked(url: str) -> set[str]:
    return {pair.split("=")[0] for pair in urlsplit(url).query.split("&") if pair}
