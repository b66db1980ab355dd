"""Environment over `config/` into one value, or a refusal to start that names the setting."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECRET = "sample-secret-for-demo-and-tests-only-0000"
ENVIRONMENTS = ("demo", "test", "production")
NOTIFY_HOME = "https://api.notifications.service.gov.uk"
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NOTIFY_KEY = re.compile(rf"\S+-{UUID.pattern}-{UUID.pattern}")
TEST_ONLY = ("CLOCK_FILE", "FAILPOINT", "MAIL_SINK_DIR")
OFF = ("0", "false", "no", "off")
# On these a second machine may hold the same lock, and SQLite loses rows.
NETWORK_MOUNTS = {"9p", "afs", "ceph", "cifs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs"}
NETWORK_FUSE = ("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.ceph", "fuse.rclone")
MOUNTS = Path("/proc/mounts")


class UnsafeSetting(Exception):
    """A setting is missing or unsafe; the text names it and says what to do."""


@dataclass(frozen=True)
class Notify:
    """A key of GOV.UK Notify and the templates it may use; empty is: not that kind."""

    key: str
    base_url: str
    email_template: str
    text_template: str

    def find_template(self, channel: str) -> str:
        """Return the template for a kind of message; empty if there is none."""
        return self.email_template if channel == "email" else self.text_template


@dataclass(frozen=True)
class Settings:
    """What the service runs with."""

    database_url: str
    environment: str
    region: str
    public_base_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    mail_sink_dir: Path | None
    smtp_url: str | None
    port: int
    travel_dir: Path
    anchor_folder: Path | None = None
    notify: Notify | None = None
    metrics_bind: tuple[str, int] | None = None

    @property
    def is_production(self) -> bool:
        """True where real people's records are held."""
        return self.environment == "production"

    @property
    def region_folder(self) -> Path:
        """The folder that holds the region's settings and gazetteer."""
        chosen = Path(self.region)
        return chosen if chosen.is_absolute() else ROOT / "config" / "regions" / self.region


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read settings; raise `UnsafeSetting` naming the first that is missing or unsafe."""
    port = _read_port(environment)
    sink = environment.get("MAIL_SINK_DIR")
    fallbacks = environment.get("SECRET_KEY_FALLBACKS", "").split(",")
    settings = Settings(
        database_url=_read_database_url(environment),
        environment=environment.get("PLACEMENTS_ENV", "production"),
        region=environment.get("REGION", "west_midlands"),
        public_base_url=environment.get("PUBLIC_BASE_URL", ""),
        secret_key=environment.get("SECRET_KEY", ""),
        secret_key_fallbacks=tuple(key for key in fallbacks if key),
        mail_sink_dir=Path(sink) if sink else None,
        smtp_url=environment.get("SMTP_URL"),
        port=port,
        travel_dir=Path(environment.get("TRAVEL_DIR") or ROOT / "instance" / "travel"),
        metrics_bind=_read_metrics_bind(environment),
    )
    anchors, notify = _read_anchor_folder(environment, settings), _read_notify(environment)
    settings = replace(settings, anchor_folder=anchors, notify=notify)
    if settings.environment not in ENVIRONMENTS:
        raise UnsafeSetting("PLACEMENTS_ENV must be demo, test or production.")
    if settings.is_production:
        _refuse_unsafe(settings, environment)
        return settings
    return _with_samples(settings)


def _read_database_url(environment: Mapping[str, str]) -> str:
    url = environment.get("DATABASE_URL", "sqlite:///instance/placements.db")
    relative = "sqlite:///"
    if url.startswith(relative) and not url.startswith("sqlite:////") and url != relative:
        return f"sqlite:///{ROOT / url.removeprefix(relative)}"
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def _read_anchor_folder(environment: Mapping[str, str], settings: Settings) -> Path | None:
    """Return the folder that keeps the head of the audit; production has one always."""
    chosen = environment.get("AUDIT_ANCHOR_DIR")
    if chosen:
        return Path(chosen)
    return ROOT / "instance" / "anchors" if settings.is_production else None


def _read_notify(environment: Mapping[str, str]) -> Notify | None:
    """Return how to write by GOV.UK Notify, or None without a key."""
    key = environment.get("NOTIFY_API_KEY")
    if not key:
        return None
    if not NOTIFY_KEY.fullmatch(key):
        raise UnsafeSetting("NOTIFY_API_KEY must be the whole key: its name and the two ids after.")
    by_email = environment.get("NOTIFY_EMAIL_TEMPLATE", "")
    templates = (by_email, environment.get("NOTIFY_TEXT_TEMPLATE", ""))
    if not any(templates) or not all(UUID.fullmatch(given) for given in templates if given):
        words = "NOTIFY_EMAIL_TEMPLATE or NOTIFY_TEXT_TEMPLATE must be the id of a template"
        raise UnsafeSetting(f"{words} of GOV.UK Notify. The key alone sends nothing.")
    base_url = environment.get("NOTIFY_BASE_URL", NOTIFY_HOME)
    parts = urlsplit(base_url)
    is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise UnsafeSetting("NOTIFY_BASE_URL must be an https:// address.")
    if find_spec("notifications_python_client") is None:
        raise UnsafeSetting("NOTIFY_API_KEY needs the client of GOV.UK Notify: make production.")
    return Notify(key, base_url, *templates)


def _read_port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise UnsafeSetting("PORT must be a whole number from 1 to 65535.")
    return int(text)


def _read_metrics_bind(environment: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the address for operators alone; one that everybody may reach is refused."""
    text = environment.get("METRICS_BIND")
    if not text:
        return None
    host, _, port = text.rpartition(":")
    host = host.strip("[]").replace("localhost", "127.0.0.1")
    try:
        address, number = ipaddress.ip_address(host), int(port)
    except ValueError as error:
        raise UnsafeSetting(
            "METRICS_BIND must be an address and a port: 127.0.0.1:9100."
        ) from error
    if address.is_unspecified or not (address.is_private or address.is_loopback):
        raise UnsafeSetting("METRICS_BIND must be an address that only operators reach.")
    if not 0 < number < 65536:
        raise UnsafeSetting("METRICS_BIND must end in a port from 1 to 65535.")
    return str(address), number


def _with_samples(settings: Settings) -> Settings:
    values = {
        "secret_key": settings.secret_key or SAMPLE_SECRET,
        "public_base_url": settings.public_base_url or f"http://127.0.0.1:{settings.port}",
    }
    return Settings(**{**settings.__dict__, **values})


def _refuse_unsafe(settings: Settings, environment: Mapping[str, str]) -> None:
    for name in TEST_ONLY:
        if environment.get(name):
            raise UnsafeSetting(f"{name} is for tests and the demo. Unset it in production.")
    if environment.get("FLASK_DEBUG", "0") not in ("", "0"):
        raise UnsafeSetting("FLASK_DEBUG must not be set in production.")
    if environment.get("SESSION_COOKIE_SECURE", "1").lower() in OFF:
        raise UnsafeSetting("SESSION_COOKIE_SECURE must not be off: cookies travel by https alone.")
    if len(settings.secret_key.encode()) < 32 or settings.secret_key == SAMPLE_SECRET:
        raise UnsafeSetting("SECRET_KEY must be your own random text of 32 bytes or more.")
    if any(len(key.encode()) < 32 for key in settings.secret_key_fallbacks):
        raise UnsafeSetting("SECRET_KEY_FALLBACKS must each be 32 bytes or more.")
    parts = urlsplit(settings.public_base_url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.username:
        raise UnsafeSetting("PUBLIC_BASE_URL must be https:// and a host name, nothing more.")
    _refuse_network_file(settings.database_url, _read_mounts())


def _read_mounts() -> list[tuple[str, str]]:
    """List each mounted folder and its kind, where the system says it."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines]
    return [(w[1].replace("\\040", " "), w[2]) for w in words if len(w) > 2]


def _refuse_network_file(database_url: str, mounts: Iterable[tuple[str, str]]) -> None:
    if not database_url.startswith("sqlite:///"):
        return
    file = Path(database_url.removeprefix("sqlite:///")).resolve()
    around = [
        (len(Path(at).parts), n, kind)
        for n, (at, kind) in enumerate(mounts)
        if file.is_relative_to(at)
    ]
    kind = max(around)[2] if around else ""
    if kind in NETWORK_MOUNTS or kind.startswith(NETWORK_FUSE):
        raise UnsafeSetting(
            f"DATABASE_URL names a SQLite file on a network mount ({kind}). Keep it on a disk of "
            "this machine, or use PostgreSQL."
        )
