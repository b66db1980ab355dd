"""The one file of a backup: a zip with a manifest, closed by a hash over all that goes before.

Any zip tool opens it. The hash is the zip's comment, so it is the last thing in the file: a file
that was cut short or changed in any byte is found before anything of it is used.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from placements.domain.errors import Refusal
from placements.failpoints import pass_failpoint

FORMAT, SERVICE, MANIFEST = 1, "placements", "manifest.json"
MARK = b"sha256:"
TRAILER = len(MARK) + 64
PIECE = 1 << 20
LEVEL = 6


class UnfitFile(Refusal):
    """The file is no backup that can be used here; nothing was changed."""


@dataclass(frozen=True)
class Manifest:
    """What a file holds: enough to refuse it before anything is touched."""

    kind: str
    schema: str
    taken_at: str
    audit_seq: int
    audit_hash: str
    tables: dict[str, int]
    sequences: dict[str, int]
    members: dict[str, str]
    format: int = FORMAT
    service: str = SERVICE


class Packing:
    """A file being written; each member is hashed as it goes in."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: dict[str, str] = {}

    def add(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write one member, piece by piece."""
        digest = hashlib.sha256()
        with self._archive.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
        self.members[name] = digest.hexdigest()
        pass_failpoint("backup.mid")

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, which ends the file."""
        self._archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))


@contextmanager
def room_beside(path: Path) -> Iterator[Path]:
    """Give a folder of our own beside `path`; what a cut-off run left in it goes first."""
    room = path.with_name(f".{path.name}.room")
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(mode=0o700)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def pack(path: Path) -> Iterator[Packing]:
    """Write a file beside `path` and put it there when it is whole and on the disk."""
    _refuse_foreign(path)
    part = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise UnfitFile(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            zipped = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
            with zipped as archive:
                archive.comment = MARK + b"0" * 64
                yield Packing(archive)
            _seal(file)
        os.replace(part, path)
        _keep_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _seal(file: Any) -> None:
    file.flush()
    size = file.seek(0, os.SEEK_END)
    digest = _digest(file, size - TRAILER)
    file.seek(size - TRAILER)
    file.write(MARK + digest.encode())
    file.flush()
    os.fsync(file.fileno())


def _keep_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_foreign(path: Path) -> None:
    """An older backup may be replaced; whatever else lies there is somebody's."""
    if path.is_dir() or (path.exists() and path.stat().st_size and not _has_mark(path)):
        raise UnfitFile(f"{path} is there and is no backup. Choose another name.")


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - TRAILER, 0))
        return file.read(len(MARK)) == MARK


def _digest(file: Any, size: int) -> str:
    digest, left = hashlib.sha256(), size
    file.seek(0)
    while left > 0 and (piece := file.read(min(PIECE, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


@contextmanager
def unpack(path: Path) -> Iterator[tuple[Manifest, zipfile.ZipFile]]:
    """Open a file that is whole, or raise `UnfitFile`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TRAILER, 0))
            trailer = file.read()
            if not trailer.startswith(MARK):
                raise UnfitFile(f"{path} is no backup of this service, or was cut short.")
            if _digest(file, size - TRAILER) != trailer.removeprefix(MARK).decode(
                "ascii", "replace"
            ):
                raise UnfitFile(f"{path} is damaged: it is not what was written. Use another.")
            with zipfile.ZipFile(file) as archive:
                yield _read_manifest(path, archive), archive
    except (OSError, zipfile.BadZipFile) as error:
        words = getattr(error, "strerror", None) or "it is no zip file"
        raise UnfitFile(f"{path} cannot be read: {words}.") from error


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        facts = json.loads(archive.read(MANIFEST))
        if facts["service"] != SERVICE:
            raise UnfitFile(f"{path} is no backup of this service.")
        if facts["format"] != FORMAT:
            raise UnfitFile(f"{path} has format {facts['format']}; this version reads {FORMAT}.")
        return Manifest(**facts)
    except (KeyError, TypeError, ValueError) as error:
        raise UnfitFile(f"{path} has no manifest that can be read.") from error


def read_pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Give a member piece by piece."""
    with archive.open(name) as member:
        while piece := member.read(PIECE):
            yield piece


def file_pieces(path: Path) -> Iterator[bytes]:
    """Give a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
