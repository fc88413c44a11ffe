"""Homes that are left, threads below messages, turns; and the indexes that deleting a person needs"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.store.tables


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BY_SOMEBODY = sa.text("by_id IS NOT NULL")
TEXT = sqlmodel.sql.sqltypes.AutoString
# What refers to a group, an account or a person is found by these when one of them is deleted.
INDEXES = {
    "answer": ("account_id",),
    "board_row": ("person_id",),
    "membership": ("person_id",),
    "report": ("account_id", "round_item_id"),
    "round": ("starter_id",),
}


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "turn",
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("free_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_turn")),
    )
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", bot.store.tables.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("installer", TEXT(), server_default="", nullable=False))
    with op.batch_alter_table("message", schema=None) as batch_op:
        for name in ("below", "title", "opened"):
            batch_op.add_column(sa.Column(name, TEXT(), server_default="", nullable=False))
    for table, columns in INDEXES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)
    op.create_index("ix_ledger_by", "ledger", ["by_id"], sqlite_where=BY_SOMEBODY, postgresql_where=BY_SOMEBODY)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_ledger_by", "ledger")
    for table, columns in INDEXES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_index(batch_op.f(f"ix_{table}_{column}"))
    # Columns are dropped one by one: made anew, the tables could not keep what refers to them.
    for name in ("opened", "title", "below"):
        op.drop_column("message", name)
    for name in ("installer", "removed_at"):
        op.drop_column("home", name)
    op.drop_table("turn")
