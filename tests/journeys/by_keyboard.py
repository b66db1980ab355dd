"""A person who has a keyboard and nothing else."""

from journeys.person import Person

MOST_STEPS = 250
IS_HERE = "one => one === document.activeElement"


class KeyboardPerson(Person):
    """Goes by Tab to what is wanted, then presses Enter, the space bar or an arrow."""

    def click(self, wanted):
        self._go_to(wanted.first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, box, value):
        self.letters += len(value)
        self._go_to(box.first)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(value) if value else self.page.keyboard.press("Delete")

    def check(self, box):
        box = box.first
        if box.get_attribute("type") != "radio":
            self._go_to(box)
            self.page.keyboard.press("Space")
        else:
            self._go_to_one_of(box)
            self.page.keyboard.press("Space")
            for _ in range(MOST_STEPS):
                if box.evaluate(IS_HERE):
                    break
                self.page.keyboard.press("ArrowDown")
        assert box.is_checked()

    def _go_to(self, wanted):
        for _ in range(MOST_STEPS):
            if wanted.evaluate(IS_HERE):
                self._sees_focus(wanted)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: the keyboard does not come to {wanted}")

    def _go_to_one_of(self, radio):
        same = "(one) => { const at = document.activeElement; return at.name === one.name }"
        for _ in range(MOST_STEPS):
            if radio.evaluate(same):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: the keyboard does not come to {radio}")

    def _sees_focus(self, wanted):
        """What is focused is on the screen and shown so."""
        drawn = "one => { const s = getComputedStyle(one); return s.outlineStyle + s.boxShadow }"
        assert wanted.evaluate(drawn) != "nonenone", f"{self.page.url}: {wanted} shows no focus"
        box, screen = wanted.bounding_box(), self.page.viewport_size
        assert box, wanted
        assert box["y"] < screen["height"] and box["y"] + box["height"] > 0, f"{wanted} is off"
