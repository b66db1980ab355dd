"""Counts what a journey costs: pages seen, buttons and links pressed, seconds, typing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# 40 words a minute, five letters and a space a word.
LETTERS_A_SECOND = 40 * 6 / 60


@dataclass
class Cost:
    """What one journey cost the people who made it."""

    name: str
    pages: int = 0
    presses: int = 0
    seconds: float = 0.0
    letters: int = 0

    @property
    def with_typing(self) -> float:
        """Seconds with what was typed at 40 words a minute."""
        return self.seconds + self.letters / LETTERS_A_SECOND

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.pages} pages, {self.presses} presses, {self.seconds:.1f} s,"
            f" with typing {self.with_typing:.0f} s"
        )


@contextmanager
def measured(cost: Cost, person) -> Iterator[Cost]:
    """Add to `cost` what the person does in the block."""
    before = len(person.pages), person.presses, person.letters
    began = time.monotonic()
    yield cost
    cost.seconds += time.monotonic() - began
    cost.pages += len(person.pages) - before[0]
    cost.presses += person.presses - before[1]
    cost.letters += person.letters - before[2]
