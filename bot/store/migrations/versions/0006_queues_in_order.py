"""Indexes in the order in which is served what is due: thousands may be due at the same moment"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

QUEUES = {"ix_message_due": ("message", "state", "platform", "due_at"), "ix_job_due": ("job", "state", "due_at")}


def upgrade() -> None:
    """Go forward."""
    op.drop_index("ix_alarm_at", "alarm")
    op.create_index("ix_alarm_due", "alarm", ["at", "id"])
    for name, (table, *columns) in QUEUES.items():
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, "id"])


def downgrade() -> None:
    """Go back."""
    for name, (table, *columns) in QUEUES.items():
        op.drop_index(name, table)
        op.create_index(name, table, list(columns))
    op.drop_index("ix_alarm_due", "alarm")
    op.create_index("ix_alarm_at", "alarm", ["at"])
