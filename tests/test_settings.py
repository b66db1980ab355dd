"""Settings are read once, and an unsafe one stops the start by name."""

import pytest

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
