"""Settings are read once, and an unsafe one stops the start by name."""

import pytest

from placements import settings as module
from placements.settings import SAMPLE_SECRET, UnsafeSetting, load_settings

SAFE = {
    "PLACEMENTS_ENV": "production",
    "SECRET_KEY": "k" * 32,
    "PUBLIC_BASE_URL": "https://placements.example",
    "DATABASE_URL": "postgresql://db.example/placements",
}


def test_load_settings_for_production_when_safe_keeps_them():
    settings = load_settings(SAFE)
    assert settings.is_production
    assert settings.database_url == "postgresql+psycopg://db.example/placements"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", SAMPLE_SECRET),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("PUBLIC_BASE_URL", ""),
        ("PUBLIC_BASE_URL", "http://placements.example"),
        ("PUBLIC_BASE_URL", "https://placements.example/path"),
        ("PUBLIC_BASE_URL", "https://someone@placements.example"),
        ("CLOCK_FILE", "now"),
        ("FAILPOINT", "publish.mid=kill"),
        ("MAIL_SINK_DIR", "mail"),
        ("FLASK_DEBUG", "1"),
        ("SESSION_COOKIE_SECURE", "0"),
        ("SESSION_COOKIE_SECURE", "False"),
        ("METRICS_BIND", "9100"),
        ("METRICS_BIND", "0.0.0.0:9100"),
        ("METRICS_BIND", "[::]:9100"),
        ("METRICS_BIND", "8.8.8.8:9100"),
        ("METRICS_BIND", "127.0.0.1:0"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PLACEMENTS_ENV", "staging"),
    ],
)
def test_load_settings_when_unsafe_is_refused_by_name(name, value):
    with pytest.raises(UnsafeSetting, match=name):
        load_settings({**SAFE, name: value})


def test_load_settings_without_a_word_is_production_and_refused():
    with pytest.raises(UnsafeSetting):
        load_settings({})


def test_load_settings_for_the_demo_fills_in_samples():
    settings = load_settings({"PLACEMENTS_ENV": "demo", "PORT": "8123"})
    assert settings.public_base_url == "http://127.0.0.1:8123"
    assert settings.database_url.endswith("instance/placements.db")


@pytest.mark.parametrize(
    ("text", "bind"),
    [
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        ("localhost:9100", ("127.0.0.1", 9100)),
        ("10.1.2.3:9100", ("10.1.2.3", 9100)),
        ("[::1]:9100", ("::1", 9100)),
    ],
)
def test_metrics_are_bound_where_only_operators_reach(text, bind):
    assert load_settings({**SAFE, "METRICS_BIND": text}).metrics_bind == bind
    assert load_settings(SAFE).metrics_bind is None


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_sqlite_file_on_a_network_mount_is_refused_by_name(kind, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    monkeypatch.setattr(module, "MOUNTS", mounts)
    here = {**SAFE, "DATABASE_URL": f"sqlite:///{tmp_path}/placements.db"}
    with pytest.raises(UnsafeSetting, match="network mount"):
        load_settings(here)
    mounts.write_text(f"{mounts.read_text()}/dev/b {tmp_path} ext4 rw 0 0\n")
    assert load_settings(here).database_url.endswith("placements.db")
