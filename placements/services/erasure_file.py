"""The erasure list beside the database: ids and times in a file, for the day a backup comes back.

A backup is older than the last erasures; its own list does not know them. This file does.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

FILE = "erasures.jsonl"


def keep_erased(folder: Path | None, candidate_id: int, at: datetime) -> bool:
    """Add a person's id to the file, once; False where it is there, or there is no folder."""
    if folder is None or candidate_id in dict(read_erased(folder)):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"id": candidate_id, "at": at.isoformat()})
    with (folder / FILE).open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return True


def read_erased(folder: Path | None) -> Iterator[tuple[int, datetime]]:
    """Read who was erased, and when; a last line cut short by a crash was never kept."""
    if folder is None or not (folder / FILE).exists():
        return
    whole, _, _ = (folder / FILE).read_text(encoding="utf-8").rpartition("\n")
    for line in whole.splitlines():
        kept = json.loads(line)
        yield int(kept["id"]), datetime.fromisoformat(kept["at"])
