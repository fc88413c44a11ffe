"""The database's shape through time: Alembic migrations, and the check at start that costs one query."""
