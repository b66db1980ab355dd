"""The head of the audit, kept outside the database: who rewrites the chain cannot rewrite this.

Each night adds one line to a file in a folder of the operator's. A chain that was cut, or made
anew from some line on, no longer has the hashes that were written down.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from placements.extensions import db
from placements.models.audit import AuditHead, Event
from placements.services.invariants.rows import Rows

FILE = "audit-heads.jsonl"


def keep_head(folder: Path, at: datetime) -> bool:
    """Add the head of the audit to the file; False when its last line has it already."""
    head = select(AuditHead.seq, AuditHead.hash)
    seq, head_hash = db.session.execute(head).one()
    db.session.rollback()
    kept = list(read_anchors(folder))
    if seq == 0 or (kept and kept[-1] == (seq, head_hash)):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    _add_line(folder, at, {"seq": seq, "hash": head_hash})
    return True


def note_restore(folder: Path, seq: int, at: datetime) -> None:
    """Write down that a backup that ends at `seq` was brought back: what was kept since is gone.

    The lines stay, so that whoever reads the file sees what the restore cost.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _add_line(folder, at, {"restored_to": seq})


def _add_line(folder: Path, at: datetime, facts: dict[str, object]) -> None:
    line = json.dumps({"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", **facts})
    with (folder / FILE).open("a+b") as file:
        _drop_half_a_line(file)
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _drop_half_a_line(file: BinaryIO) -> None:
    file.seek(0)
    file.truncate(file.read().rfind(b"\n") + 1)


def read_anchors(folder: Path) -> Iterator[tuple[int, str]]:
    """Read each line that was kept and still holds, oldest first; none before the first night.

    A last line cut short by a crash was never kept; any other that cannot be read raises. After a
    restore only the lines up to the backup hold.
    """
    file = folder / FILE
    if not file.exists():
        return
    whole, _, _ = file.read_text(encoding="utf-8").rpartition("\n")
    holding: list[tuple[int, str]] = []
    for line in whole.splitlines():
        kept = json.loads(line)
        if "restored_to" in kept:
            holding = [one for one in holding if one[0] <= int(kept["restored_to"])]
        else:
            holding.append((int(kept["seq"]), str(kept["hash"])))
    yield from holding


def unlike_anchors(folder: Path | None) -> Rows:
    """Give each line of the audit that is not what was kept outside of it."""
    if folder is None:
        return
    for seq, kept in read_anchors(folder):
        if db.session.scalar(select(Event.hash).where(Event.seq == seq)) != kept:
            yield Event.__tablename__, seq
