"""A person at a real browser: every page they come to is checked for access and for width."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 320, "height": 640}


class Person:
    """Uses pages by the words on them, as a person does; counts pages and presses."""

    def __init__(self, page, service, email, scripts=True):
        self.page, self.service, self.email = page, service, email
        self.scripts = scripts
        self.pages, self.presses = [], 0

    def go(self, path):
        """Open an address of the service."""
        url = path if path.startswith("http") else self.service.url + path
        self.page.goto(url)
        return self._look()

    def press(self, words, exact=True):
        """Press the first button with these words."""
        self.presses += 1
        self.page.get_by_role("button", name=words, exact=exact).first.click()
        return self._look()

    def follow(self, words, exact=False):
        """Follow the first link with these words, plain or looking like a button."""
        link = self.page.get_by_role("link", name=words, exact=exact)
        link.or_(self.page.get_by_role("button", name=words, exact=exact)).first.click()
        return self._look()

    def write(self, label, value, exact=False):
        """Type into the first box with this label."""
        self.page.get_by_label(label, exact=exact).first.fill(value)
        return self

    def write_day(self, legend, day):
        """Type a date into the three boxes under a legend."""
        group = self.page.get_by_role("group", name=legend).first
        for label, value in (("Day", day.day), ("Month", f"{day:%B}"), ("Year", day.year)):
            group.get_by_label(label).fill(str(value))
        return self

    def choose(self, label, exact=False):
        """Tick the first box or radio with this label."""
        self.page.get_by_label(label, exact=exact).first.check()
        return self

    def choose_first_radio(self):
        """Choose the first of the radios on the page."""
        self.page.get_by_role("radio").first.check()
        return self

    def choose_in_group(self, legend, label):
        """Tick a box or radio under a legend."""
        group = self.page.get_by_role("group", name=legend).first
        group.get_by_label(label, exact=True).check()
        return self

    def press_in_row(self, words, button):
        """Press a button in the row of a table that has these words."""
        self.presses += 1
        row = self.page.get_by_role("row").filter(has_text=words).first
        row.get_by_role("button", name=button).first.click()
        return self._look()

    def sign_in(self):
        """Ask for a link, find it in the mail, open it."""
        self.go("/sign-in").write("Email address", self.email).press("Send me a link")
        return self.go(self.service.newest_link_to(self.email)).press("Continue")

    @property
    def text(self):
        """The words of the page."""
        return self.page.inner_text("main")

    def sees(self, words):
        """Check that the page says something."""
        assert words in self.text, f"{self.page.url}: {words!r} is not in\n{self.text}"
        return self

    def _look(self):
        self.page.wait_for_load_state()
        self.pages.append(self.page.url)
        # The access checker is itself a script: it looks on where scripts run.
        faults = [*find_too_wide(self.page), *(find_axe_faults(self.page) if self.scripts else [])]
        assert not faults, f"{self.page.url}: {faults}"
        return self


def find_axe_faults(page):
    """List what axe finds wrong, with the first places where."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found]


def find_too_wide(page):
    """Say by how much the page is wider than the screen, if it is."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return [("wider than the screen", width)] if width > page.viewport_size["width"] else []
