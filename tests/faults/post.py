"""Ten thousand messages through a provider that fails in every way, sent by processes that die.

`python -m faults.post [--messages N] [sqlite] [postgresql]` prints the figures of each database as
one line of JSON, and ends 1 if a message was lost or reached somebody twice. Two processes send at
once, and at first each is killed between a sending and its mark. The clock moves from one try to
the next, so that hours of waiting pass in minutes.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("PLACEMENTS_ENV", "test")

from factories.fake_notify import running_notify
from factories.letters import BASE, make_world
from factories.posts import queue_offers
from faults.races import build_app, database
from sqlalchemy import func, select

from placements.extensions import db
from placements.models.operations import Message
from placements.services import dead_letters
from placements.services.invariants import verifying

NOON = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# Of a thousand requests: how many the provider answers in each way.
ACTS = {"take": 867, "fail": 50, "drop": 40, "take_and_drop": 40, "take_and_hang": 2, "busy": 1}
SEND = """
import os
from placements import create_app
from placements.outbox import notify
from placements.services import messages
from placements.settings import load_settings
notify.TIMEOUT_SECONDS = 0.5
app = create_app(load_settings(os.environ))
with app.app_context():
    messages.deliver_due(app.config["SETTINGS"])
"""
N_KILLS, N_BAD = 20, 10
OFFERS = Message.template == "offer"  # what staff are told of dead letters is not counted


class Sender:
    """Starts the processes that send, and kills some of them at a sending."""

    def __init__(self, url, fake, folder, draw):
        self.draw, self.n_killed, self.n_passes = draw, 0, 0
        self.environment = {**os.environ, **fake.settings, "DATABASE_URL": url}
        self.environment |= {"CLOCK_FILE": str(folder / "clock"), "PUBLIC_BASE_URL": BASE}

    def send(self):
        """Let two processes send what is due."""
        self.n_passes += 1
        doomed = self.n_killed < N_KILLS
        ends = [f"outbox.after_send:{self.draw.randrange(1, 300)}=kill" for _ in range(2)]
        points = [{"FAILPOINT": end} if doomed else {} for end in ends]
        words = [sys.executable, "-c", SEND]
        both = [subprocess.Popen(words, env={**self.environment, **more}) for more in points]
        codes = [one.wait() for one in both]
        self.n_killed += codes.count(-9)
        if any(code not in (0, -9) for code in codes):
            raise RuntimeError(f"a sender ended with {codes}")


def behave_badly(fake, draw):
    """Let the provider fail at random, and refuse a few numbers for good."""
    names, weights = list(ACTS), list(ACTS.values())

    def behave(_n, given):
        number = int(given["reference"].split(":")[3].removeprefix("n"))
        is_bad = given["reference"].endswith("text") and number < N_BAD and not fake.is_mended
        return "refuse" if is_bad else draw.choices(names, weights)[0]

    fake.behave, fake.is_mended = behave, False


def send_all(sender, clock, at):
    """Move the clock from one try to the next until nothing waits; return the last instant."""
    while True:
        clock.write_text(at.isoformat())
        sender.send()
        waiting = select(func.min(Message.send_at)).where(Message.state == "queued")
        due = db.session.scalar(waiting)
        db.session.rollback()
        if due is None:
            return at
        at = max(due, at + MINUTE)


def run(url, n, folder, seed):
    """Send `n` messages; return what became of them."""
    began, draw = time.monotonic(), random.Random(seed)
    clock = folder / "clock"
    os.environ["CLOCK_FILE"] = str(clock)
    clock.write_text(NOON.isoformat())
    app = build_app(url)
    with app.app_context(), running_notify() as fake:
        world = make_world()
        queue_offers(world, n // 2, NOON)
        behave_badly(fake, draw)
        sender = Sender(url, fake, folder, draw)
        at = send_all(sender, clock, NOON)
        dead = list(db.session.scalars(select(Message).where(OFFERS, Message.state == "dead")))
        reasons = Counter(one.last_error for one in dead)
        fake.is_mended = True
        for one in dead:
            dead_letters.retry_message(world.operator, one.id)
        send_all(sender, clock, at)
        delivered = fake.count_delivered()
        found = dict(
            db.session.execute(
                select(Message.state, func.count()).where(OFFERS).group_by("state")
            ).all()
        )
        keys = set(db.session.scalars(select(Message.key).where(OFFERS)))
        clean = verifying.verify_invariants().exit_code == verifying.CLEAN
        db.session.remove()
        db.engine.dispose()
    return {
        "messages": n,
        "states": found,
        "lost": len(keys - set(delivered)),
        "effective_doubles": sum(n_times > 1 for n_times in delivered.values()),
        "dead_first": dict(reasons),
        "requests": fake.n_asked,
        "lookups": len(fake.looked_up),
        "killed": sender.n_killed,
        "passes": sender.n_passes,
        "verify_clean": clean,
        "seconds": round(time.monotonic() - began),
    }


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=21)
    given, n_wrong = parser.parse_args(words), 0
    for engine in given.engines:
        with tempfile.TemporaryDirectory() as home, database(engine, Path(home)) as url:
            figures = run(url, given.messages, Path(home), given.seed)
        print(json.dumps({"engine": engine, "seed": given.seed, **figures}), flush=True)
        n_wrong += figures["lost"] + figures["effective_doubles"] + (not figures["verify_clean"])
        n_wrong += figures["states"] != {"sent": given.messages}
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
