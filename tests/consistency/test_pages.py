"""What every page is made of: templates that are used, assets that are what they say."""

import hashlib
import json
import re

import pytest

from placements.settings import ROOT

TEMPLATES, STATIC = ROOT / "placements/templates", ROOT / "placements/static"
SHARED = {"layout.html", "macros.html"}
BRAND = re.compile(r"GDS Transport|crest|@font-face|fonts?\.gov|//[a-z]+\.[a-z]", re.IGNORECASE)
# A style or a script inside a page would be stopped by the policy every reply carries.
INLINE = re.compile(r"<script|<style|\sstyle=|\son[a-z]+=|https?://(?!www\.w3\.org)")


def page_templates():
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        if not name.startswith(("emails/", "texts/")):
            yield name, path.read_text()


def test_every_page_template_is_rendered_or_included():
    rooms = [*(ROOT / "placements").rglob("*.py"), *TEMPLATES.rglob("*.html")]
    used = set(re.findall(r'"([a-z_/]+\.html)"', " ".join(path.read_text() for path in rooms)))
    assert {name for name, _ in page_templates()} - SHARED - used == set()


def test_no_page_holds_a_script_or_a_style_or_an_address():
    found = {name: INLINE.findall(text) for name, text in page_templates()}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("planted", ["<script>", '<p style="a">', "<a onclick=x>", "http://cdn"])
def test_a_planted_script_or_style_is_found(planted):
    assert INLINE.search(planted)


def test_vendored_styles_are_the_ones_their_hash_names():
    facts = json.loads((STATIC / "govuk-frontend/source.json").read_text())
    styles = (STATIC / "govuk-frontend/govuk-frontend.min.css").read_bytes()
    assert hashlib.sha256(styles).hexdigest() == facts["sha256"]
    assert (STATIC / "govuk-frontend/LICENSE.txt").exists()


def test_vendored_styles_carry_no_brand_and_ask_no_other_host():
    styles = (STATIC / "govuk-frontend/govuk-frontend.min.css").read_text()
    assert BRAND.findall(styles) == []
