"""Running the migrations on a connection that is given, inside its transaction."""

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from placements.services.health import MIGRATIONS


def upgrade_to(connection: Connection, schema: str) -> None:
    """Bring the schema of this connection's database to `schema`; the caller commits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, schema)
