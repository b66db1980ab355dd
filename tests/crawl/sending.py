"""Send the forms of a page as nobody should, to see what they answer."""

from collections import Counter
from collections.abc import Iterator

from crawl.watched import Watched
from playwright.sync_api import Locator, Page

TYPED = "input:not([type=hidden]), textarea, select"
ERRORS = (400, 403, 404, 409, 410, 413, 422, 429)
NONSENSE = "not this"
WAYS = ("empty", "nonsense", "stale", "unsigned")


class Forms:
    """The forms somebody came to: of each kind some are kept."""

    def __init__(self, most: int, counts: Counter[tuple[str, int]]) -> None:
        self.most, self.counts = most, counts
        self.found: list[tuple[str, int]] = []

    def take(self, page: Page, endpoint: str, url: str) -> None:
        """Keep the forms of the page that is shown, with their place on it."""
        for place in range(min(list_forms(page).count(), self.most)):
            self.counts[endpoint, place] += 1
            if self.counts[endpoint, place] <= self.most:
                self.found.append((url, place))


def list_forms(page: Page) -> Locator:
    """The forms of a page in which something can be written or chosen, or that are dated."""
    return page.locator("main form[method=post]").filter(
        has=page.locator(f"{TYPED}, input[name=version]")
    )


def list_states(forms: Forms) -> Iterator[tuple[str, int, str]]:
    """Every form with every way to send it wrong."""
    for n, (url, place) in enumerate(forms.found):
        # One form without its token says what all say.
        yield from ((url, place, way) for way in (WAYS if n == 0 else WAYS[:-1]))


def send_wrong(watched: Watched, url: str, place: int, way: str) -> list[str] | None:
    """Send one form in one wrong way; None if it is not refused, else what is wrong with that."""
    page = watched.page
    watched.go(url)
    form = list_forms(page).nth(place)
    if not form.count() or not _spoil(form, way):
        return None
    watched.n_bytes = 0
    with page.expect_navigation() as gone:
        form.locator("button").first.click()
    reply = gone.value
    if reply is None or reply.status < 400:
        watched.take_noise()
        return None
    if reply.status not in ERRORS:
        return [f"status {reply.status}"]
    found = watched.look("error")
    if reply.status == 422 and not page.title().startswith("Error: "):
        found.append("the title does not begin with Error:")
    return found


def _spoil(form: Locator, way: str) -> bool:
    """Fill a form in wrongly; False if that cannot be done to this form."""
    boxes = form.locator("input[type=text], input[type=email], input[type=tel], textarea")
    named = {"stale": "version", "unsigned": "csrf_token"}
    if way in named:
        hidden = form.locator(f"input[name={named[way]}]")
        if hidden.count():
            hidden.first.evaluate("box => { box.value = '987654' }")
        return bool(hidden.count())
    for box in boxes.all():
        box.fill("" if way == "empty" else NONSENSE)
    if way == "empty":
        form.evaluate(
            "form => form.querySelectorAll(':checked').forEach(one => { one.checked = false })"
        )
    return way == "empty" or bool(boxes.count())
