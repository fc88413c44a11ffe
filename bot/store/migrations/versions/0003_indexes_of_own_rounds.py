"""Indexes that find what somebody has seen, and what they play alone, without reading the whole of their history"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EXPOSED = {
    "ix_exposure_person": ("person_id", "content_id"),
    "ix_exposure_group": ("group_id", "person_id", "content_id"),
}


def upgrade() -> None:
    """Go forward."""
    for name, columns in EXPOSED.items():
        op.drop_index(name, "exposure")
        op.create_index(name, "exposure", [*columns, "shown_at"])
    op.drop_index("ix_round_person_id", "round")
    op.create_index("ix_round_own", "round", ["person_id", "state"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_round_own", "round")
    op.create_index("ix_round_person_id", "round", ["person_id"])
    for name, columns in EXPOSED.items():
        op.drop_index(name, "exposure")
        op.create_index(name, "exposure", list(columns))
