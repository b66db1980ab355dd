"""The command line: each command is one call of a service."""

import os
import sys

import click
import flask_migrate
from flask import Flask

from placements import create_app
from placements.domain.errors import Refusal
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.services.demo import seed_region
from placements.settings import UnsafeSetting, load_settings

COULD_NOT_RUN, UNSAFE = 2, 78


@click.group()
def commands() -> None:
    """Match young people with work placements in a region."""


def _app() -> Flask:
    return create_app(load_settings(os.environ))


@commands.command()
def migrate() -> None:
    """Bring the database to the schema of this version. Example: placements migrate."""
    app = _app()
    with app.app_context():
        flask_migrate.upgrade()


@commands.command()
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same region.")
@click.option("--people", default=3000, show_default=True, type=click.IntRange(1, 20000))
@click.option(
    "--placements", "n_placements", default=350, show_default=True, type=click.IntRange(1)
)
def seed(seed: int, people: int, n_placements: int) -> None:
    """Write an invented region into the database. Example: placements seed --seed 7."""
    app = _app()
    settings = app.config["SETTINGS"]
    if settings.is_production:
        raise UnsafeSetting("PLACEMENTS_ENV is production; invented people do not belong there.")
    region = load_region(settings.region_folder)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    with app.app_context():
        seed_region(region, gazetteer, seed, people, n_placements)
    click.echo(f"{region.name}: {people} invented people, {n_placements} placements.")


def main() -> int:
    """Run the command line; a refusal is one plain line, never a traceback."""
    try:
        commands.main(prog_name="placements", standalone_mode=False)
    except UnsafeSetting as unsafe:
        return _say(str(unsafe), UNSAFE)
    except (click.ClickException, Refusal) as refused:
        words = refused.format_message() if isinstance(refused, click.ClickException) else refused
        return _say(str(words), COULD_NOT_RUN)
    return 0


def _say(words: str, code: int) -> int:
    click.echo(f"placements: {words}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
