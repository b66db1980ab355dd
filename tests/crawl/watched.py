"""One person's browser, watched: what it loads, asks of other hosts and writes to its console."""

from urllib.parse import urlsplit

from crawl.valid import find_html_faults
from journeys.person import PHONE, find_axe_faults, find_too_wide
from journeys.service import Service
from playwright.sync_api import Browser, Error, Response

MOST_BYTES = 150 * 1024
MOST_OFFER_BYTES = 60 * 1024
OFFERS = ("young_people.offer", "young_people.offer_by_link")


class Watched:
    """A browser page of one person who is signed in, or of nobody."""

    def __init__(self, browser: Browser, service: Service, viewport: dict = PHONE) -> None:
        self.context = browser.new_context(viewport=viewport)
        self.page, self.host, self.noise = self.context.new_page(), service.url, []
        self.n_bytes = 0
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda fault: self.noise.append(f"script: {fault}"))
        self.page.on("request", lambda asked: self._ask(asked.url))
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        # Every page is weighed as on a first visit, with its styles.
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.loadingFinished", self._weigh)

    def be(self, person: str) -> "Watched":
        """Become one of the demo's people."""
        if person != "nobody":
            self.page.goto(f"{self.host}/demo")
            self.page.locator(f'form[action="/demo/as/{person}"] button').first.click()
        return self

    def open_link(self, token: str) -> "Watched":
        """Sign in by a link, as from a message."""
        self.page.goto(f"{self.host}/l/{token}")
        self.page.get_by_role("button", name="Continue").click()
        return self

    def go(self, url: str) -> Response | None:
        """Open an address of the service; a file that is downloaded is no page."""
        self.n_bytes = 0
        try:
            return self.page.goto(self.host + url)
        except Error as error:
            if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                return None
            raise

    def look(self, endpoint: str, reply: Response | None = None) -> list[str]:
        """List what is wrong with the page that is shown."""
        page = self.page
        found = [str(fault) for fault in (*find_axe_faults(page), *find_too_wide(page))]
        found += [*self.take_noise(), *find_html_faults(reply.text() if reply else page.content())]
        most = MOST_OFFER_BYTES if endpoint in OFFERS else MOST_BYTES
        return [*found, f"{self.n_bytes // 1024} KB"] if self.n_bytes > most else found

    def take_noise(self) -> list[str]:
        """Return what was heard since the last time."""
        heard, self.noise = self.noise, []
        return heard

    def close(self) -> None:
        self.context.close()

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself says so of the very errors that are looked at on purpose.
        if kind in ("error", "warning") and "the server responded with a status of" not in text:
            self.noise.append(f"console: {text}")

    def _ask(self, url: str) -> None:
        if not url.startswith((self.host, "data:")):
            self.noise.append(f"asked another host: {urlsplit(url).netloc}")

    def _weigh(self, loaded: dict) -> None:
        self.n_bytes += int(loaded["encodedDataLength"])
