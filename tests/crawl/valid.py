"""What is wrong with the HTML of a page: its syntax, its ids, who holds whom, its title."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
ROOMS = {"article", "aside", "footer", "form", "header", "main", "nav", "section", "address"}
BLOCKS = {"blockquote", "details", "dialog", "div", "fieldset", "figure", "hr", "p", "pre"}
BLOCKS |= {"dl", "ol", "table", "ul"} | HEADINGS | ROOMS
HOLD_WORDS_ONLY = {"p", "span", "label", "button", "strong", "em", "abbr", "small"} | HEADINGS
MAY_HOLD = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "tr": {"th", "td"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "select": {"option", "optgroup", "hr"},
}
PRESSED = {"a", "button", "input", "select", "textarea", "label", "details"}
LABELLED = {"input", "select", "textarea", "button", "output", "meter", "progress"}
NAMES_IDS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list")


def find_html_faults(html: str) -> list[str]:
    """List what is not valid in a page, each in a few words."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    found = [f"line {place[0]}: {code} {facts or ''}" for place, code, facts in parser.errors]
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    found += _find_id_faults(elements)
    for one in elements:
        found += _find_nesting_faults(one)
    found += _find_title_faults(elements)
    return [" ".join(words.split()) for words in found]


def _find_title_faults(elements: list[Element]) -> Iterator[str]:
    """One main heading, and the same words for the browser's tab."""
    headings = [_words(one) for one in elements if one.tag == "h1"]
    titles = [_words(one) for one in elements if one.tag == "title"][:1]
    told = [title.removeprefix("Error: ").rpartition(" - Placements")[0] for title in titles]
    if len(headings) != 1:
        yield f"{len(headings)} main headings"
    elif headings != told:
        yield f"the heading {headings[0]!r} is not the title {titles}"


def _words(one: Element) -> str:
    return " ".join("".join(one.itertext()).split())


def _find_id_faults(elements: list[Element]) -> Iterator[str]:
    counts = Counter(one.get("id") for one in elements if one.get("id") is not None)
    kinds = {one.get("id"): one.tag for one in elements}
    for name, n in counts.items():
        if n > 1 or not name or " " in name:
            yield f"the id {name!r} is there {n} times, or is none"
    for one in elements:
        for attribute in NAMES_IDS:
            for name in (one.get(attribute) or "").split():
                if name not in counts:
                    yield f"{one.tag} {attribute} names {name!r}, which is not there"
                elif attribute == "for" and kinds[name] not in LABELLED:
                    yield f"a label is for {name!r}, which is a {kinds[name]}"


def _find_nesting_faults(one: Element) -> Iterator[str]:
    tag = str(one.tag)
    for child in one:
        if tag in MAY_HOLD and child.tag not in {*MAY_HOLD[tag], "script", "template"}:
            yield f"{child.tag} is right inside {tag}"
    if tag in HOLD_WORDS_ONLY:
        yield from (f"{i.tag} is inside {tag}" for i in one.iter() if i.tag in BLOCKS - {tag})
    if tag in ("a", "button"):
        inside = [i.tag for i in one.iter() if i is not one and i.tag in PRESSED]
        yield from (f"{name} is inside {tag}" for name in inside)
    if tag == "option" and not (one.text or "").strip() and not one.get("label"):
        yield "an option has no words"
    if tag == "img" and one.get("alt") is None:
        yield "a picture has no words"
    if tag == "dl" and not any(i.tag in ("dt", "dd") for i in one.iter()):
        yield "a list of facts has none"
