"""A person at a real browser: every page they come to is checked for access and for width."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 320, "height": 640}


class Person:
    """Uses pages by the words on them, as a person does; counts pages and presses."""

    def __init__(self, page, service, email, scripts=True):
        self.page, self.service, self.email = page, service, email
        self.scripts = scripts
        self.pages, self.presses, self.letters = [], 0, 0

    def go(self, path):
        """Open an address of the service."""
        url = path if path.startswith("http") else self.service.url + path
        self.page.goto(url)
        return self._look()

    def press(self, words, exact=True):
        """Press the first button with these words."""
        self.presses += 1
        self.click(self.page.get_by_role("button", name=words, exact=exact))
        return self._look()

    def follow(self, words, exact=False):
        """Follow the first link with these words, plain or looking like a button."""
        self.presses += 1
        link = self.page.get_by_role("link", name=words, exact=exact)
        self.click(link.or_(self.page.get_by_role("button", name=words, exact=exact)))
        return self._look()

    def click(self, wanted):
        """Press the first of what was found."""
        wanted.first.click()

    def fill(self, box, value):
        """Type into the first of the boxes that were found."""
        self.letters += len(value)
        box.first.fill(value)

    def check(self, box):
        """Tick the first of what was found."""
        box.first.check()

    def write(self, label, value, exact=False):
        """Type into the first box with this label."""
        self.fill(self.page.get_by_label(label, exact=exact), value)
        return self

    def write_day(self, legend, day):
        """Type a date into the three boxes under a legend."""
        group = self.page.get_by_role("group", name=legend).first
        for label, value in (("Day", day.day), ("Month", f"{day:%B}"), ("Year", day.year)):
            self.fill(group.get_by_label(label), str(value))
        return self

    def choose(self, label, exact=False):
        """Tick the first box or radio with this label."""
        self.check(self.page.get_by_label(label, exact=exact))
        return self

    def attach(self, label, path):
        """Choose a file of this machine."""
        self.page.get_by_label(label, exact=True).first.set_input_files(path)
        return self

    def download(self, words):
        """Follow a link to a file; return what is in the file."""
        self.presses += 1
        with self.page.expect_download() as loaded:
            self.page.get_by_role("link", name=words).first.click()
        return loaded.value.path().read_text()

    def choose_first_radio(self):
        """Choose the first of the radios on the page."""
        self.check(self.page.get_by_role("radio"))
        return self

    def choose_in_group(self, legend, label):
        """Tick a box or radio under a legend."""
        group = self.page.get_by_role("group", name=legend).first
        self.check(group.get_by_label(label, exact=True))
        return self

    def press_in_row(self, words, button):
        """Press a button in the row of a table that has these words."""
        self.presses += 1
        row = self.page.get_by_role("row").filter(has_text=words).first
        self.click(row.get_by_role("button", name=button))
        return self._look()

    def be_slow(self):
        """Be on a phone far from everything: 400 kbit/s, 400 ms for each answer."""
        wire = self.page.context.new_cdp_session(self.page)
        speed = {"downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400}
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        return self

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
