"""Copy the compiled GOV.UK Design System styles into the project, without its brand.

For maintainers: unpack the npm package govuk-frontend, then
`python .ci/vendor_assets.py UNPACKED_FOLDER`. The font and the crest are for GOV.UK services
only, so every mention of them is taken out; a test holds the result to its hash.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "placements/static/govuk-frontend"
FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
CREST = re.compile(r"url\([^)]*govuk-crest[^)]*\)")


def strip_brand(css: str) -> str:
    """Return the styles without GOV.UK's font and crest."""
    plain = CREST.sub("none", FONT_FACE.sub("", css))
    plain = plain.replace("GDS Transport,", "").replace('"GDS Transport",', "")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", plain).strip() + "\n"


def main(package: Path) -> None:
    """Write the styles, their version and their hash."""
    version = json.loads((package / "package.json").read_text())["version"]
    css = strip_brand((package / "dist/govuk/govuk-frontend.min.css").read_text())
    (STATIC / "govuk-frontend.min.css").write_text(css)
    digest = hashlib.sha256(css.encode()).hexdigest()
    facts = {"package": "govuk-frontend", "version": version, "sha256": digest, "licence": "MIT"}
    (STATIC / "source.json").write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
