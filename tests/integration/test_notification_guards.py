"""The guards of consents and notifications, tried in plain SQL."""

from __future__ import annotations

from tests.integration import test_guards as guards
from tests.integration.test_guards import FOUNDER, KEPT, NO_ACTOR, ROLE, STATE, STAYS, SYSTEM, Db

db, pair, server_database = guards.db, guards.pair, guards.server_database

CONSENT = (
    "insert into notification_consents (operator_id, allowed, member) values ({operator}, {allowed}, 'U1')"
    " on conflict (org_id, operator_id) do update set allowed = {allowed}"
)
TELL = (
    "insert into notifications (proposal_id, operator_id, member, idempotency_key)"
    " values ({proposal}, {operator}, '{member}', 'k')"
)


def consent(db: Db, who: tuple[str, str], allowed: str = "true") -> None:
    guards.do(db, CONSENT.format(operator=who[1], allowed=allowed), who)


def tell(proposal: int, who: tuple[str, str], member: str = "U1") -> str:
    return TELL.format(proposal=proposal, operator=who[1], member=member)


def test_everybody_answers_for_themselves_alone(db: Db) -> None:
    ops, viewer = guards.operator(db, "ops"), guards.operator(db, "viewer")
    gone = guards.operator(db, "ops", disabled=True)
    mine = CONSENT.format(operator=ops[1], allowed="true")
    guards.refused(db, ROLE, "for themselves only", mine, actor=FOUNDER)
    guards.refused(db, ROLE, "for themselves only", mine, actor=SYSTEM)
    guards.refused(db, NO_ACTOR, "no actor", mine, actor=None)
    for other, state, why in (
        (viewer, ROLE, "whose role decides"),
        (gone, guards.UNPROVEN, "no enabled operator"),
    ):
        statement = CONSENT.format(operator=other[1], allowed="true")
        guards.refused(db, state, why, statement, actor=other)
    consent(db, ops)
    head = guards.one(db, "select max(seq) from audit_log")
    consent(db, ops, "false")
    row = guards.one(
        db, "select action, actor_id, metadata_json from audit_log where seq > %s order by seq", head
    )
    assert row == ("notifications.forbidden", ops[1], {"operator": int(ops[1])})
    guards.refused(db, ROLE, "for themselves only", "update notification_consents set allowed = true")
    key = f"update notification_consents set operator_id = 1 where operator_id = {ops[1]}"
    guards.refused(db, KEPT, "operator_id never changes", key, actor=ops)
    guards.refused(db, STAYS, "switch it off instead", "delete from notification_consents", actor=ops)
    guards.refused(db, STAYS, "switch it off instead", "truncate notification_consents", actor=ops)


def test_nobody_is_told_without_a_consent_that_is_on(db: Db) -> None:
    ops = guards.operator(db, "ops")
    waits = guards.insert(db)
    guards.refused(db, ROLE, "no consent that is on", tell(waits, ops), actor=SYSTEM)
    consent(db, ops)
    for status in ("approved", "executed", "rejected", "superseded", "expired"):
        ended = tell(guards.proposal(db, status), ops)
        guards.refused(db, ROLE, "nothing urgent that waits", ended, actor=SYSTEM)
    lapsed = guards.insert(db)
    guards.do(db, "update action_proposals set expires_at = now() where id = %(id)s", SYSTEM, id=lapsed)
    guards.refused(db, ROLE, "nothing urgent", tell(lapsed, ops), actor=SYSTEM)
    mild = guards.insert(db)
    guards.do(db, "update action_proposals set urgency = 'medium' where id = %(id)s", SYSTEM, id=mild)
    guards.refused(db, ROLE, "nothing urgent", tell(mild, ops), actor=SYSTEM)
    guards.refused(db, ROLE, "no consent", tell(waits, ops, "U2"), actor=SYSTEM)
    guards.do(db, tell(waits, ops), SYSTEM)
    guards.refused(db, guards.UNIQUE, "duplicate key", tell(waits, ops), actor=SYSTEM)
    consent(db, ops, "false")
    claim = f"update notifications set status = 'sending' where proposal_id = {waits}"
    guards.refused(db, ROLE, "no consent that is on", claim, actor=SYSTEM)
    guards.refused(db, ROLE, "no consent", tell(guards.insert(db), ops), actor=SYSTEM)
    consent(db, ops)
    guards.do(db, "update operators set disabled_at = now() where id = %(id)s", id=int(ops[1]))
    guards.refused(db, ROLE, "no consent", tell(guards.insert(db), ops), actor=SYSTEM)


def test_a_notification_says_for_ever_whom_it_told_of_what(db: Db) -> None:
    ops = guards.operator(db, "ops")
    consent(db, ops)
    waits = guards.insert(db)
    begins = tell(waits, ops).replace("member, ", "status, member, ").replace("'U1'", "'sent', 'U1'")
    guards.refused(db, STATE, "begins as waiting", begins, actor=SYSTEM)
    guards.do(db, tell(waits, ops), SYSTEM)
    row = f"update notifications set {{change}} where proposal_id = {waits}"
    for change in ("operator_id = 1", "member = 'U2'", "idempotency_key = 'x'", "reminder = true"):
        guards.refused(db, KEPT, "never changes", row.format(change=change), actor=SYSTEM)
    guards.refused(db, KEPT, "its words", row.format(change="body = 'x'"), actor=SYSTEM)
    guards.do(db, row.format(change="status = 'sending', body = 'x'"), SYSTEM)
    guards.refused(db, KEPT, "its words", row.format(change="body = 'y'"), actor=SYSTEM)
    guards.do(db, row.format(change="status = 'sent'"), SYSTEM)
    last = guards.one(db, "select action, proposal_id from audit_log order by seq desc limit 1")
    assert last == ("notification.sent", waits)
    guards.refused(db, STATE, "sent is final", row.format(change="status = 'waiting'"), actor=SYSTEM)
    guards.refused(db, NO_ACTOR, "no actor", row.format(change="shown = 'x'"), actor=None)
    guards.refused(db, STAYS, "who was told", "delete from notifications", actor=SYSTEM)
    guards.refused(db, STAYS, "who was told", "truncate notifications", actor=SYSTEM)
