"""The text tables of a feed, row by row, each with its line; what is wrong is named by both."""

from __future__ import annotations

import csv
import datetime
import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, TextIO

from matching.errors import FeedError


class Feed:
    """A zip file of text tables, as GTFS is handed over; the tables may lie in one folder.

    Parameters
    ----------
    file : binary file
        Open for reading; it stays the caller's to close.

    Raises
    ------
    FeedError
        When the file is no zip file.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            self.archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError) as wrong:
            raise FeedError(f"the feed is not a zip file: {wrong}") from None
        inside = sorted(self.archive.namelist(), key=lambda name: (name.count("/"), name))
        self.member: dict[str, str] = {}
        for name in inside:
            self.member.setdefault(name.rsplit("/", 1)[-1], name)

    def __contains__(self, name: object) -> bool:
        return name in self.member

    def rows(
        self, name: str, needed: Sequence[str], optional: Sequence[str] = ()
    ) -> Iterator[tuple[int, list[str]]]:
        """Each row's line number and its values, needed columns first; '' where there is none."""
        if name not in self.member:
            raise FeedError(f"{name} is missing from the feed")
        with self.archive.open(self.member[name]) as packed:
            text = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
            yield from read_rows(text, name, needed, optional)


def read_rows(
    text: TextIO, name: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """The rows of one open table by column name, whatever the order of its columns.

    Parameters
    ----------
    text : text file
        Comma-separated, with a line of column names; a mark at its start is skipped.
    name : str
        What errors call it.
    needed, optional : sequence of str
        Column names; a needed one that is not there is an error.

    Yields
    ------
    tuple of (int, list of str)
        The line, and the values stripped of spaces.

    Raises
    ------
    FeedError
        Naming the file, the line and what is wrong.

    Examples
    --------
    >>> import io
    >>> list(read_rows(io.StringIO("b,a\\n2,1\\n"), "x.txt", ["a"], ["b", "c"]))
    [(2, ['1', '2', ''])]
    """
    reader = csv.reader(text, skipinitialspace=True)
    try:
        header = [title.strip().lstrip("\ufeff") for title in next(reader, [])]
        missing = [title for title in needed if title not in header]
        if missing:
            raise FeedError(f"{name} line 1: the column {missing[0]} is missing")
        at = [header.index(title) if title in header else -1 for title in (*needed, *optional)]
        least = max((header.index(title) for title in needed), default=-1)
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) <= least:
                raise FeedError(f"{name} line {reader.line_num}: the row is too short")
            width = len(row)
            yield reader.line_num, [row[i].strip() if 0 <= i < width else "" for i in at]
    except UnicodeDecodeError:
        raise FeedError(f"{name} after line {reader.line_num}: the text is not UTF-8") from None
    except (csv.Error, zipfile.BadZipFile, EOFError) as wrong:
        raise FeedError(f"{name} after line {reader.line_num}: {wrong}") from None


def whole(name: str, line: int, title: str, text: str, lowest: int = 0) -> int:
    """A whole number of a cell, or an error that names it."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < lowest:
        raise FeedError(f"{name} line {line}: {title} {text!r} is not a whole number")
    return int(text)


def clock(name: str, line: int, title: str, text: str) -> int:
    """Seconds after midnight; hours go on after 24 for a journey that began the day before.

    Examples
    --------
    >>> clock("stop_times.txt", 2, "arrival_time", "25:10:30")
    90630
    """
    parts = text.split(":")
    good = len(parts) == 3 and all(p.isascii() and p.isdecimal() for p in parts)
    if not good or len(parts[0]) > 3 or int(parts[1]) > 59 or int(parts[2]) > 59:
        raise FeedError(f"{name} line {line}: {title} {text!r} is not a time like 08:05:00")
    return int(parts[0]) * 3600 + int(parts[1]) * 60 + int(parts[2])


def day(name: str, line: int, title: str, text: str) -> int:
    """The day number (``date.toordinal``) of a date written YYYYMMDD."""
    if len(text) == 8 and text.isascii() and text.isdecimal():
        try:
            return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
        except ValueError:
            pass
    raise FeedError(f"{name} line {line}: {title} {text!r} is not a date like 20260907")


def degrees(name: str, line: int, title: str, text: str, limit: int) -> int:
    """Millionths of a degree, within ± ``limit`` degrees."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not abs(number) <= limit:
        raise FeedError(f"{name} line {line}: {title} {text!r} is not a number within ±{limit}")
    return round(number * 1_000_000)
