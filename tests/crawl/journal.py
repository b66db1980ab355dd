"""What a crawl saw, kept line by line, so that it can be stopped and taken up again."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Journal:
    """One line of JSON a state of a page; a fault is also printed as soon as it is found."""

    def __init__(self, path: Path) -> None:
        self.path, self.faults = path, {}
        for line in path.read_text().splitlines() if path.exists() else ():
            seen = json.loads(line)
            if not seen["faults"]:  # what was wrong is looked at again
                self.faults[seen["who"], seen["state"]] = []

    def knows(self, who: str, state: str) -> bool:
        """Whether the state was looked at before."""
        return (who, state) in self.faults

    def keep(self, who: str, state: str, faults: list[str]) -> None:
        """Write down a state and what is wrong with it."""
        self.faults[who, state] = faults
        with self.path.open("a") as lines:
            lines.write(json.dumps({"who": who, "state": state, "faults": faults}) + "\n")
        for words in faults:
            print(f"WRONG {who} {state}: {words}", flush=True)

    def close(self, was_stopped: bool) -> int:
        """Print the sums; return 1 if anything is wrong, 2 if the crawl was stopped before."""
        n_wrong = sum(map(len, self.faults.values()))
        people = Counter(who for who, _ in self.faults)
        again = "; the same command goes on from here" if was_stopped else ""
        print(f"{len(self.faults)} states of pages of {len(people)} people, {n_wrong} wrong{again}")
        if not was_stopped:
            self.path.unlink(missing_ok=True)
        return 2 if was_stopped else int(n_wrong > 0)


@contextmanager
def stops_softly() -> Iterator[None]:
    """Let a plain `kill` end the block as Ctrl-C does, so that servers are stopped too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
