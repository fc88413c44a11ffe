"""When each person was last shown each question, so that a draw need not go through all that they ever saw"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.store.tables


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "seen",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("content_id", TEXT(), nullable=False),
        sa.Column("shown_at", bot.store.tables.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seen_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "content_id", name=op.f("pk_seen")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO seen (person_id, content_id, shown_at) SELECT person_id, content_id, max(shown_at) "
        "FROM exposure WHERE person_id IS NOT NULL GROUP BY person_id, content_id"
    )
    op.drop_index("ix_exposure_person", "exposure")
    op.create_index(op.f("ix_exposure_person_id"), "exposure", ["person_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_exposure_person_id"), "exposure")
    op.create_index("ix_exposure_person", "exposure", ["person_id", "content_id", "shown_at"])
    op.drop_table("seen")
