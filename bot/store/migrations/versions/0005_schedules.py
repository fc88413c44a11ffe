"""Schedules with what became of each of their days, reminders, streaks; messages that are for a thread alone"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import bot.store.tables


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString
UTC = bot.store.tables.Utc


def upgrade() -> None:
    """Go forward. The old table of schedules was never written to."""
    op.drop_table("schedule")
    op.create_table(
        "schedule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("platform", TEXT(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("channel", TEXT(), nullable=False),
        sa.Column("wall", TEXT(), nullable=False),
        sa.Column("zone", TEXT(), nullable=False),
        sa.Column("days", TEXT(), nullable=False),
        sa.Column("topic", TEXT(), nullable=False),
        sa.Column("plan_at", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("closes_after", sa.Integer(), nullable=False),
        sa.Column("ping", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("next_at", UTC(timezone=True), nullable=True),
        sa.Column("quiet", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Text(), nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("created_at", UTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_schedule_group_id_group")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_schedule_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_group_id"), "schedule", ["group_id"])
    op.create_index(op.f("ix_schedule_created_by"), "schedule", ["created_by"])
    op.create_index("ix_schedule_place", "schedule", ["platform", "workspace", "channel"])
    op.create_table(
        "firing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("schedule_id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("at", UTC(timezone=True), nullable=False),
        sa.Column("round_id", KEY, nullable=True),
        sa.Column("content", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_firing_schedule_id_schedule")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_firing_group_id_group")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_firing_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing")),
        sa.UniqueConstraint("schedule_id", "day", name=op.f("uq_firing_schedule_id_day")),
    )
    op.create_index("ix_firing_group", "firing", ["group_id", "day"])
    op.create_index(op.f("ix_firing_round_id"), "firing", ["round_id"])
    op.create_table(
        "reminder",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("wall", TEXT(), nullable=False),
        sa.Column("how", TEXT(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reminder_account_id_account")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_reminder_group_id_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_reminder_person_id_kind")),
    )
    op.create_index(op.f("ix_reminder_account_id"), "reminder", ["account_id"])
    op.create_index("ix_reminder_group", "reminder", ["group_id", "kind"])
    for name in ("streak", "longest"):
        op.add_column("person", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("person", sa.Column("streak_day", sa.Date(), nullable=True))
    op.add_column("message", sa.Column("only_there", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    """Go back; schedules and reminders are lost."""
    op.drop_column("message", "only_there")
    for name in ("streak_day", "longest", "streak"):
        op.drop_column("person", name)
    op.drop_table("reminder")
    op.drop_table("firing")
    op.drop_table("schedule")
    op.create_table(
        "schedule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("home_id", KEY, nullable=False),
        sa.Column("local_time", TEXT(), nullable=False),
        sa.Column("zone", TEXT(), nullable=False),
        sa.Column("days", TEXT(), nullable=False),
        sa.Column("place", TEXT(), nullable=True),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("next_due", UTC(timezone=True), nullable=True),
        sa.Column("created_at", UTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_schedule_group_id_group")),
        sa.ForeignKeyConstraint(["home_id"], ["home.id"], name=op.f("fk_schedule_home_id_home")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_group_id"), "schedule", ["group_id"])
    op.create_index(op.f("ix_schedule_next_due"), "schedule", ["next_due"])
