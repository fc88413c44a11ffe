"""What platforms gave at installation, sealed; and the installations that were begun"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.store.tables


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "installation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("platform", TEXT(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("installed_at", bot.store.tables.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sa.UniqueConstraint("platform", "workspace", name=op.f("uq_installation_platform_workspace")),
    )
    op.create_table(
        "install_state",
        sa.Column("id", KEY, nullable=False),
        sa.Column("platform", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("expires_at", bot.store.tables.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_install_state")),
        sa.UniqueConstraint("state", name=op.f("uq_install_state_state")),
    )
    op.create_index(op.f("ix_install_state_expires_at"), "install_state", ["expires_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("install_state")
    op.drop_table("installation")
