"""Create the tables."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TRANSITIONS = """
placement - pledge pledged
placement - describe draft
placement pledged describe draft
placement draft submit submitted
placement changes_requested submit submitted
placement submitted approve live
placement submitted approve_full full
placement submitted ask_changes changes_requested
placement submitted reject closed
placement live pause paused
placement paused resume live
placement paused resume_full full
placement live change submitted
placement full change submitted
placement paused change submitted
placement live fill full
placement full free live
placement live close closed
placement paused close closed
placement full close closed
placement pledged withdraw withdrawn
placement draft withdraw withdrawn
placement submitted withdraw withdrawn
placement changes_requested withdraw withdrawn
placement live withdraw withdrawn
placement paused withdraw withdrawn
placement full withdraw withdrawn
placement live suspend suspended
placement paused suspend suspended
placement full suspend suspended
placement suspended reinstate live
placement suspended reinstate_full full
application - begin draft
application draft submit submitted
application submitted ask info_requested
application info_requested answer submitted
application submitted accept ready
application submitted refuse ineligible
application ready hold on_hold
application on_hold resume ready
application draft withdraw withdrawn
application submitted withdraw withdrawn
application info_requested withdraw withdrawn
application ready withdraw withdrawn
application on_hold withdraw withdrawn
application ready exit exited
application on_hold exit exited
application exited anonymise anonymised
application withdrawn anonymise anonymised
application ineligible anonymise anonymised
round - plan planned
round planned open open
round open lock locked
round locked solve simulating
round simulating propose proposed
round simulating fail failed
round failed retry locked
round proposed approve approved
round approved send_back proposed
round approved publish published
round published settle settling
round settling finish final
round locked unlock open
round proposed unlock open
round approved unlock open
round failed unlock open
round planned cancel cancelled
round open cancel cancelled
round locked cancel cancelled
round simulating cancel cancelled
round proposed cancel cancelled
round approved cancel cancelled
round failed cancel cancelled
assignment - reserve reserve
assignment - offer offered
assignment reserve offer offered
assignment offered accept accepted
assignment offered decline declined
assignment offered lapse lapsed
assignment offered withdraw_offer offer_withdrawn
assignment accepted withdraw_offer offer_withdrawn
assignment accepted confirm confirmed
assignment offered cancel_by_candidate cancelled_by_candidate
assignment accepted cancel_by_candidate cancelled_by_candidate
assignment confirmed cancel_by_candidate cancelled_by_candidate
assignment offered cancel_by_employer cancelled_by_employer
assignment accepted cancel_by_employer cancelled_by_employer
assignment confirmed cancel_by_employer cancelled_by_employer
assignment offered cancel_by_staff cancelled_by_staff
assignment accepted cancel_by_staff cancelled_by_staff
assignment confirmed cancel_by_staff cancelled_by_staff
assignment confirmed start started
assignment confirmed no_show did_not_start
assignment started complete completed
assignment started leave_early left_early
assignment started end ended_by_employer
assignment reserve release released
assignment offered release released
checkpoint - schedule scheduled
checkpoint scheduled fall_due due
checkpoint due chase chasing
checkpoint due record recorded
checkpoint chasing record recorded
checkpoint due refuse refused
checkpoint chasing refuse refused
checkpoint due give_up unable_to_contact
checkpoint chasing give_up unable_to_contact
checkpoint recorded evidence evidenced
checkpoint evidenced verify verified
checkpoint recorded dispute disputed
checkpoint evidenced dispute disputed
checkpoint verified dispute disputed
checkpoint disputed settle recorded
checkpoint disputed settle_with_evidence evidenced
checkpoint recorded supersede recorded
checkpoint evidenced supersede recorded
checkpoint verified supersede recorded
checkpoint refused supersede recorded
checkpoint unable_to_contact supersede recorded
checkpoint recorded supersede_with_evidence evidenced
checkpoint evidenced supersede_with_evidence evidenced
checkpoint verified supersede_with_evidence evidenced
checkpoint refused supersede_with_evidence evidenced
checkpoint unable_to_contact supersede_with_evidence evidenced
checkpoint scheduled not_applicable not_applicable
checkpoint due not_applicable not_applicable
checkpoint chasing not_applicable not_applicable
employer - apply applied
employer applied verify verified
employer suspended verify verified
employer verified suspend suspended
message - queue queued
message queued send sent
message queued drop not_needed
message queued die dead
message dead retry queued
occurrence - schedule due
occurrence due claim claimed
occurrence claimed finish done
occurrence claimed hand_back due
occurrence due miss missed
occurrence claimed miss missed
occurrence due skip skipped
occurrence claimed skip skipped
"""


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "email IS NOT NULL OR mobile IS NOT NULL OR erased", name=op.f("ck_account_reachable")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("mobile", name=op.f("uq_account_mobile")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "edge",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "travel_minutes >= 0 AND travel_minutes <= limit_minutes", name=op.f("ck_edge_in_reach")
        ),
        sa.PrimaryKeyConstraint("application_id", "placement_id", name=op.f("pk_edge")),
    )
    op.create_table(
        "erasure_list",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_erasure_list")),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "role IN ('employer', 'provider', 'operator', 'approver', 'young_person', 'system')",
            name=op.f("ck_event_role_known"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_event_hash")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_record", ["kind", "record_id"], unique=False)

    op.create_table(
        "gazetteer_postcode",
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("terminated", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_gazetteer_postcode")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("lease_epoch", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('due', 'claimed', 'done', 'missed', 'skipped')",
            name=op.f("ck_occurrence_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint(
            "schedule",
            "subject_id",
            "due_at",
            name=op.f("uq_occurrence_schedule_subject_id_due_at"),
        ),
    )
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.create_index("ix_occurrence_due", ["state", "due_at"], unique=False)

    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
    )
    op.create_table(
        "transition",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "from_state", "action", "to_state", name=op.f("pk_transition")
        ),
    )
    op.create_table(
        "authority_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("power", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "power IN ('operator', 'approver')", name=op.f("ck_authority_member_power_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_authority_member_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_authority_member_region_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_member")),
        sa.UniqueConstraint(
            "account_id", "region_id", name=op.f("uq_authority_member_account_id_region_id")
        ),
    )
    with op.batch_alter_table("authority_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authority_member_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_authority_member_region_id"), ["region_id"], unique=False
        )

    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("identity_key", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("preferred_name", sa.String(length=200), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mobile", sa.String(length=20), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("point_is_approximate", sa.Boolean(), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("guardian_contact", sa.String(length=254), nullable=True),
        sa.Column("has_ehcp", sa.Boolean(), nullable=True),
        sa.Column("access_needs", sa.Text(), nullable=True),
        sa.Column("right_to_work_checked", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_candidate_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("identity_key", name=op.f("uq_candidate_identity_key")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_account_id"), ["account_id"], unique=False)

    op.create_table(
        "employer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("companies_house_number", sa.String(length=8), nullable=True),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'suspended', 'verified')", name=op.f("ck_employer_state_known")
        ),
        sa.CheckConstraint("cap IS NULL OR cap >= 0", name=op.f("ck_employer_cap_not_negative")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_employer_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("region_id", "name", name=op.f("uq_employer_region_id_name")),
    )
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_region_id"), ["region_id"], unique=False)

    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('placement', 'application', 'round', 'assignment', 'checkpoint', 'employer', 'message', 'occurrence')",
            name=op.f("ck_history_kind_known"),
        ),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_history_event_seq")),
        sa.ForeignKeyConstraint(
            ["kind", "from_state", "action", "to_state"],
            [
                "transition.kind",
                "transition.from_state",
                "transition.action",
                "transition.to_state",
            ],
            name="fk_history_legal_move",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_history_event_seq")),
        sa.UniqueConstraint(
            "kind", "record_id", "version", name=op.f("uq_history_kind_record_id_version")
        ),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idempotency_key_account_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_key_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("n_new", sa.Integer(), nullable=False),
        sa.Column("n_same", sa.Integer(), nullable=False),
        sa.Column("n_bad", sa.Integer(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('placements', 'applications', 'outcomes')",
            name=op.f("ck_import_run_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_import_run_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_run_file_hash"), ["file_hash"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'offer', 'checkpoint')", name=op.f("ck_link_purpose_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_link_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_account_id"), ["account_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("send_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("n_tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("channel IN ('email', 'text')", name=op.f("ck_message_channel_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'not_needed', 'dead')", name=op.f("ck_message_state_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_message_event_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_message_due", ["state", "send_at"], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_provider_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("region_id", "name", name=op.f("uq_provider_region_id_name")),
    )
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_region_id"), ["region_id"], unique=False)

    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("locks_at", UtcDateTime(), nullable=False),
        sa.Column("release_at", UtcDateTime(), nullable=False),
        sa.Column("answer_days", sa.JSON(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=True),
        sa.Column("plan_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_plan_hash", sa.String(length=64), nullable=True),
        sa.Column("locked_by", sa.Integer(), nullable=True),
        sa.Column("solved_by", sa.Integer(), nullable=True),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'locked', 'simulating', 'proposed', 'failed', 'approved', 'published', 'settling', 'final', 'cancelled')",
            name=op.f("ck_round_state_known"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> COALESCE(locked_by, 0) AND approved_by <> COALESCE(solved_by, 0) AND approved_by <> COALESCE(chosen_by, 0))",
            name=op.f("ck_round_two_people"),
        ),
        sa.CheckConstraint(
            "opens_at < locks_at AND locks_at < release_at", name=op.f("ck_round_dates_in_order")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_round_approved_by")),
        sa.ForeignKeyConstraint(["chosen_by"], ["account.id"], name=op.f("fk_round_chosen_by")),
        sa.ForeignKeyConstraint(["locked_by"], ["account.id"], name=op.f("fk_round_locked_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_round_region_id")),
        sa.ForeignKeyConstraint(["solved_by"], ["account.id"], name=op.f("fk_round_solved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("region_id", "name", name=op.f("uq_round_region_id_name")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_region_id"), ["region_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("max_minutes", sa.Integer(), nullable=False),
        sa.Column("availability", sa.JSON(), nullable=False),
        sa.Column("start_from", sa.Date(), nullable=True),
        sa.Column("start_to", sa.Date(), nullable=True),
        sa.Column("needs_met", sa.JSON(), nullable=False),
        sa.Column("priority", sa.JSON(), nullable=False),
        sa.Column("sectors", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("never", sa.JSON(), nullable=False),
        sa.Column("consented_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'info_requested', 'ready', 'ineligible', 'on_hold', 'withdrawn', 'exited', 'anonymised')",
            name=op.f("ck_application_state_known"),
        ),
        sa.CheckConstraint(
            "max_minutes BETWEEN 5 AND 180", name=op.f("ck_application_max_minutes_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_application_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_application_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_application_region_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("id", "candidate_id", name=op.f("uq_application_id_candidate_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_candidate_id"), ["candidate_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_application_provider_id"), ["provider_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_application_region_id"), ["region_id"], unique=False)
        batch_op.create_index(
            "uq_application_open",
            ["candidate_id", "region_id"],
            unique=True,
            sqlite_where=sa.text(
                "state IN ('draft', 'submitted', 'info_requested', 'ready', 'on_hold')"
            ),
            postgresql_where=sa.text(
                "state IN ('draft', 'submitted', 'info_requested', 'ready', 'on_hold')"
            ),
        )

    op.create_table(
        "employer_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("job_title", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_employer_member_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_employer_member_employer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_member")),
        sa.UniqueConstraint(
            "employer_id", "account_id", name=op.f("uq_employer_member_employer_id_account_id")
        ),
    )
    with op.batch_alter_table("employer_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_employer_member_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_employer_member_employer_id"), ["employer_id"], unique=False
        )

    op.create_table(
        "equality_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_equality_answer_candidate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equality_answer")),
        sa.UniqueConstraint(
            "candidate_id", "question", name=op.f("uq_equality_answer_candidate_id_question")
        ),
    )
    with op.batch_alter_table("equality_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_equality_answer_candidate_id"), ["candidate_id"], unique=False
        )

    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("n_places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ask_again_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(answer = 'yes') = (n_places > 0)", name=op.f("ck_pledge_yes_has_places")
        ),
        sa.CheckConstraint(
            "answer IN ('yes', 'maybe', 'not_now')", name=op.f("ck_pledge_answer_known")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_pledge_employer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index("ix_pledge_period", ["period"], unique=False)

    op.create_table(
        "provider_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_provider_member_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_member_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_member")),
        sa.UniqueConstraint(
            "provider_id", "account_id", name=op.f("uq_provider_member_provider_id_account_id")
        ),
    )
    with op.batch_alter_table("provider_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_provider_member_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_provider_member_provider_id"), ["provider_id"], unique=False
        )

    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("point_is_approximate", sa.Boolean(), nullable=False),
        sa.Column("district", sa.String(length=60), nullable=False),
        sa.Column("arrival_notes", sa.Text(), nullable=True),
        sa.Column("step_free", sa.Boolean(), nullable=True),
        sa.Column("insurance_expires_on", sa.Date(), nullable=True),
        sa.Column("risk_assessed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_site_latitude_in_range")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_site_longitude_in_range")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_site_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("employer_id", "name", name=op.f("uq_site_employer_id_name")),
        sa.UniqueConstraint("id", "employer_id", name=op.f("uq_site_id_employer_id")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("n_candidates", sa.Integer(), nullable=False),
        sa.Column("n_placements", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_snapshot_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "round_id", "snapshot_hash", name=op.f("uq_snapshot_round_id_snapshot_hash")
        ),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_round_id"), ["round_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("sector", sa.String(length=40), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("start_from", sa.Date(), nullable=True),
        sa.Column("start_to", sa.Date(), nullable=True),
        sa.Column("duration_weeks", sa.Integer(), nullable=True),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.Column("capacity_min", sa.Integer(), nullable=True),
        sa.Column("capacity_likely", sa.Integer(), nullable=True),
        sa.Column("capacity_max", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held", sa.Integer(), server_default="0", nullable=False),
        sa.Column("group_min", sa.Integer(), nullable=True),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("dbs_reason", sa.Text(), nullable=True),
        sa.Column("adjustments", sa.Text(), nullable=True),
        sa.Column("travel_support", sa.Text(), nullable=True),
        sa.Column("pay", sa.Text(), nullable=True),
        sa.Column("supervisor_name", sa.String(length=200), nullable=True),
        sa.Column("supervisor_role", sa.String(length=200), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("n_pledged", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('pledged', 'draft', 'changes_requested', 'submitted', 'live', 'full', 'closed', 'paused', 'withdrawn', 'suspended')",
            name=op.f("ck_placement_state_known"),
        ),
        sa.CheckConstraint(
            "capacity <= capacity_max", name=op.f("ck_placement_capacity_within_most")
        ),
        sa.CheckConstraint(
            "capacity_max IS NULL OR (capacity_likely >= 1 AND capacity_min <= capacity_likely AND capacity_likely <= capacity_max)",
            name=op.f("ck_placement_capacity_honest"),
        ),
        sa.CheckConstraint(
            "group_min IS NULL OR group_min >= 1", name=op.f("ck_placement_group_min_positive")
        ),
        sa.CheckConstraint(
            "held >= 0 AND held <= capacity", name=op.f("ck_placement_held_within_capacity")
        ),
        sa.CheckConstraint(
            "min_age IS NULL OR min_age BETWEEN 15 AND 25",
            name=op.f("ck_placement_min_age_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_placement_employer_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "employer_id"],
            ["site.id", "site.employer_id"],
            name="fk_placement_site_of_employer",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("reference", name=op.f("uq_placement_reference")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_site_id"), ["site_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("policy_hash", sa.String(length=64), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("mechanism", sa.String(length=20), nullable=False),
        sa.Column("is_cascade", sa.Boolean(), nullable=False),
        sa.Column("checked_ok", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("solved_at", UtcDateTime(), nullable=False),
        sa.Column("solve_seconds", sa.Double(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "mechanism IN ('optimal', 'stable', 'serial', 'nearest')",
            name=op.f("ck_plan_mechanism_known"),
        ),
        sa.CheckConstraint("checked_ok", name=op.f("ck_plan_checked_before_stored")),
        sa.ForeignKeyConstraint(
            ["round_id", "snapshot_hash"],
            ["snapshot.round_id", "snapshot.snapshot_hash"],
            name=op.f("fk_plan_round_id_snapshot_hash"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_plan_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_round_id"), ["round_id"], unique=False)

    op.create_table(
        "snapshot_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('application', 'placement')", name=op.f("ck_snapshot_record_kind_known")
        ),
        sa.CheckConstraint(
            "(salt IS NULL) = (body IS NULL)", name=op.f("ck_snapshot_record_erased_whole")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_record_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_record")),
        sa.UniqueConstraint(
            "snapshot_id",
            "kind",
            "record_id",
            name=op.f("uq_snapshot_record_snapshot_id_kind_record_id"),
        ),
    )
    with op.batch_alter_table("snapshot_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_snapshot_record_snapshot_id"), ["snapshot_id"], unique=False
        )

    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("deadline_at", UtcDateTime(), nullable=True),
        sa.Column("original_deadline_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("supervisor_name", sa.String(length=200), nullable=True),
        sa.Column("first_day", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state <> 'reserve' OR (position IS NOT NULL AND position >= 1)",
            name=op.f("ck_assignment_reserve_in_line"),
        ),
        sa.CheckConstraint(
            "state IN ('reserve', 'offered', 'accepted', 'declined', 'lapsed', 'offer_withdrawn', 'confirmed', 'cancelled_by_candidate', 'cancelled_by_employer', 'cancelled_by_staff', 'started', 'did_not_start', 'completed', 'left_early', 'ended_by_employer', 'released')",
            name=op.f("ck_assignment_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "candidate_id"],
            ["application.id", "application.candidate_id"],
            name="fk_assignment_application_of_candidate",
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "placement_id"],
            ["edge.application_id", "edge.placement_id"],
            name="fk_assignment_edge",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_assignment_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_assignment_placement_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_assignment_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "candidate_id",
            "placement_id",
            "round_id",
            name=op.f("uq_assignment_candidate_id_placement_id_round_id"),
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assignment_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assignment_candidate_id"), ["candidate_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assignment_placement_id"), ["placement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assignment_round_id"), ["round_id"], unique=False)
        batch_op.create_index(
            "uq_assignment_live_application",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
            postgresql_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
        )
        batch_op.create_index(
            "uq_assignment_live_candidate",
            ["candidate_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
            postgresql_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
        )

    op.create_table(
        "plan_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("choice_rank", sa.Integer(), nullable=True),
        sa.Column("minutes_there", sa.Integer(), nullable=True),
        sa.Column("minutes_back", sa.Integer(), nullable=True),
        sa.Column("is_estimate", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_plan_row_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_plan_row_placement_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_row_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_row")),
        sa.UniqueConstraint(
            "plan_id", "application_id", name=op.f("uq_plan_row_plan_id_application_id")
        ),
    )
    with op.batch_alter_table("plan_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_row_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plan_row_placement_id"), ["placement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_row_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("skipped_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_skip_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_skip_placement_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_skip_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skip")),
    )
    with op.batch_alter_table("skip", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_skip_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_skip_placement_id"), ["placement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_skip_round_id"), ["round_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("hours_per_week", sa.Integer(), nullable=True),
        sa.Column("insurance_expires_on", sa.Date(), nullable=True),
        sa.Column("risk_assessed_on", sa.Date(), nullable=True),
        sa.Column("supervisor_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_agreement_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_agreement_assignment_id")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_attendance_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("assignment_id", "day", name=op.f("uq_attendance_assignment_id_day")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("window_opens_on", sa.Date(), nullable=False),
        sa.Column("window_closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('BASE', 'START', 'MID', 'END', 'W4', 'M3', 'M6', 'M12')",
            name=op.f("ck_checkpoint_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('scheduled', 'due', 'chasing', 'recorded', 'refused', 'unable_to_contact', 'evidenced', 'verified', 'disputed', 'not_applicable')",
            name=op.f("ck_checkpoint_state_known"),
        ),
        sa.CheckConstraint(
            "(assignment_id IS NULL) <> (application_id IS NULL)",
            name=op.f("ck_checkpoint_about_one_record"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_checkpoint_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_checkpoint_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint(
            "application_id", "kind", name=op.f("uq_checkpoint_application_id_kind")
        ),
        sa.UniqueConstraint("assignment_id", "kind", name=op.f("uq_checkpoint_assignment_id_kind")),
    )
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_checkpoint_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_checkpoint_assignment_id"), ["assignment_id"], unique=False
        )

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_extension_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["extended_by"], ["account.id"], name=op.f("fk_extension_extended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extension_assignment_id"), ["assignment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_extension_extended_by"), ["extended_by"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("hours_per_week", sa.Float(), nullable=True),
        sa.Column("is_temporary", sa.Boolean(), nullable=True),
        sa.Column("training", sa.String(length=20), nullable=True),
        sa.Column("with_whom", sa.String(length=200), nullable=True),
        sa.Column("scheme", sa.String(length=200), nullable=True),
        sa.Column("hired", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("evidence_level", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "evidence_level IN ('self', 'provider', 'employer', 'document', 'matched data')",
            name=op.f("ck_outcome_evidence_level_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('JOB', 'SELF', 'APP', 'EDU_FT', 'EDU_PT', 'TRAIN', 'VOL', 'REENGAGE', 'START_AGREED', 'NEET_SEEK', 'NEET_NOTREADY', 'NEET_UNAVAILABLE', 'GAP', 'OTHER', 'UNKNOWN', 'UNCONTACTABLE', 'REFUSED')",
            name=op.f("ck_outcome_kind_known"),
        ),
        sa.CheckConstraint(
            "source IN ('self', 'provider', 'employer', 'document', 'matched data')",
            name=op.f("ck_outcome_source_known"),
        ),
        sa.CheckConstraint(
            "verified_by IS NULL OR (verified_by <> recorded_by AND evidence IS NOT NULL)",
            name=op.f("ck_outcome_verified_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_outcome_checkpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_outcome_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["outcome.id"], name=op.f("fk_outcome_supersedes_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["account.id"], name=op.f("fk_outcome_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outcome_checkpoint_id"), ["checkpoint_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outcome_recorded_by"), ["recorded_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outcome_supersedes_id"), ["supersedes_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outcome_verified_by"), ["verified_by"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "party IN ('employer', 'second_signatory', 'provider', 'young_person', 'guardian')",
            name=op.f("ck_signature_party_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signature_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_signature_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("agreement_id", "party", name=op.f("uq_signature_agreement_id_party")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_signature_agreement_id"), ["agreement_id"], unique=False
        )

    # ### end Alembic commands ###
    _fill()


def _fill() -> None:
    text = sa.String()
    columns = [sa.column(n, text) for n in ("kind", "from_state", "action", "to_state")]
    rows = [line.split() for line in TRANSITIONS.split("\n") if line]
    names = ("kind", "from_state", "action", "to_state")
    op.bulk_insert(
        sa.table("transition", *columns),
        [dict(zip(names, [w if w != "-" else "" for w in row], strict=True)) for row in rows],
    )
    head = sa.table(
        "audit_head",
        sa.column("id", sa.Integer),
        sa.column("seq", sa.Integer),
        sa.column("hash", text),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_agreement_id"))
        batch_op.drop_index(batch_op.f("ix_signature_account_id"))

    op.drop_table("signature")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_verified_by"))
        batch_op.drop_index(batch_op.f("ix_outcome_supersedes_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_recorded_by"))
        batch_op.drop_index(batch_op.f("ix_outcome_checkpoint_id"))

    op.drop_table("outcome")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_extended_by"))
        batch_op.drop_index(batch_op.f("ix_extension_assignment_id"))

    op.drop_table("extension")
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkpoint_assignment_id"))
        batch_op.drop_index(batch_op.f("ix_checkpoint_application_id"))

    op.drop_table("checkpoint")
    op.drop_table("attendance")
    op.drop_table("agreement")
    with op.batch_alter_table("skip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_skip_round_id"))
        batch_op.drop_index(batch_op.f("ix_skip_placement_id"))
        batch_op.drop_index(batch_op.f("ix_skip_application_id"))

    op.drop_table("skip")
    with op.batch_alter_table("plan_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_row_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_row_placement_id"))
        batch_op.drop_index(batch_op.f("ix_plan_row_application_id"))

    op.drop_table("plan_row")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_live_candidate",
            sqlite_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
            postgresql_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
        )
        batch_op.drop_index(
            "uq_assignment_live_application",
            sqlite_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
            postgresql_where=sa.text("state IN ('offered', 'accepted', 'confirmed', 'started')"),
        )
        batch_op.drop_index(batch_op.f("ix_assignment_round_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_placement_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_candidate_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_application_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("snapshot_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_record_snapshot_id"))

    op.drop_table("snapshot_record")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_round_id"))

    op.drop_table("plan")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_site_id"))
        batch_op.drop_index(batch_op.f("ix_placement_employer_id"))

    op.drop_table("placement")
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_round_id"))

    op.drop_table("snapshot")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_employer_id"))

    op.drop_table("site")
    with op.batch_alter_table("provider_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_member_provider_id"))
        batch_op.drop_index(batch_op.f("ix_provider_member_account_id"))

    op.drop_table("provider_member")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.drop_index("ix_pledge_period")
        batch_op.drop_index(batch_op.f("ix_pledge_employer_id"))

    op.drop_table("pledge")
    with op.batch_alter_table("equality_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_equality_answer_candidate_id"))

    op.drop_table("equality_answer")
    with op.batch_alter_table("employer_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_member_employer_id"))
        batch_op.drop_index(batch_op.f("ix_employer_member_account_id"))

    op.drop_table("employer_member")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_application_open",
            sqlite_where=sa.text(
                "state IN ('draft', 'submitted', 'info_requested', 'ready', 'on_hold')"
            ),
            postgresql_where=sa.text(
                "state IN ('draft', 'submitted', 'info_requested', 'ready', 'on_hold')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_application_region_id"))
        batch_op.drop_index(batch_op.f("ix_application_provider_id"))
        batch_op.drop_index(batch_op.f("ix_application_candidate_id"))

    op.drop_table("application")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_account_id"))

    op.drop_table("session")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_region_id"))

    op.drop_table("round")
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_region_id"))

    op.drop_table("provider")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_due")
        batch_op.drop_index(batch_op.f("ix_message_account_id"))

    op.drop_table("message")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_account_id"))

    op.drop_table("link")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_file_hash"))
        batch_op.drop_index(batch_op.f("ix_import_run_account_id"))

    op.drop_table("import_run")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_account_id"))

    op.drop_table("idempotency_key")
    op.drop_table("history")
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_region_id"))

    op.drop_table("employer")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_account_id"))

    op.drop_table("candidate")
    with op.batch_alter_table("authority_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authority_member_region_id"))
        batch_op.drop_index(batch_op.f("ix_authority_member_account_id"))

    op.drop_table("authority_member")
    op.drop_table("transition")
    op.drop_table("region")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_index("ix_occurrence_due")

    op.drop_table("occurrence")
    op.drop_table("lease")
    op.drop_table("gazetteer_postcode")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_record")

    op.drop_table("event")
    op.drop_table("erasure_list")
    op.drop_table("edge")
    op.drop_table("audit_head")
    op.drop_table("account")
    # ### end Alembic commands ###
