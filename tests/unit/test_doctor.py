"""The sentences of `execops doctor`: right for no job, one job and many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli.doctor import _integrations, describe_work
from execops.health import Health
from execops.settings import load_settings
from tests.facts import SENDERS


@pytest.mark.parametrize(
    ("workers", "queued", "overdue", "sentence"),
    [
        (0, 0, None, "none running; no jobs waiting"),
        (0, 1, 8, "none running; 1 job waiting, overdue by 8 s"),
        (0, 1, None, "none running; 1 job waiting"),
        (1, 1, 0, "1 running; 1 job waiting, overdue by 0 s"),
        (2, 3, 61, "2 running; 3 jobs waiting, the oldest overdue by 1 m"),
        (2, 1200, None, "2 running; 1,200 jobs waiting"),
    ],
)
def test_workers_and_waiting_jobs_are_counted_in_words(
    workers: int, queued: int, overdue: float | None, sentence: str
) -> None:
    due_at = None if overdue is None else datetime.now(UTC) - timedelta(seconds=overdue + 0.2)
    health = Health(
        workers=workers, paused=False, queued=queued, oldest_queued_at=due_at, failed_events=0, failed_jobs=0
    )
    assert describe_work(health) == sentence


LOGIN = "https://billing.stripe.com/p/login"


@pytest.mark.parametrize(
    ("check", "settings", "state", "detail"),
    [
        ("sender", {}, "off", "not set: EXECOPS_EMAIL_FROM, EXECOPS_COMPANY_NAME"),
        ("sender", {"email_from": "A <a@b.example>"}, "off", "not set: EXECOPS_COMPANY_NAME"),
        ("sender", SENDERS, "ok", "billing@localhost, signed Our team"),
        (
            "team",
            {"finance_channel": "#finance"},
            "off",
            "not set: EXECOPS_ACCOUNT_OWNER or EXECOPS_ACCOUNT_OWNER_EMAIL",
        ),
        ("team", {"finance_channel": "#finance", "account_owner_email": "o@b.example"}, "ok", "o@b.example, #finance"),
        (
            "overdue",
            {"stripe_webhook_secrets": "whsec_1"},
            "ok",
            "Stripe sends invoice.overdue only by a billing automation of yours",
        ),
        ("portal", {}, "off", "not set: EXECOPS_CUSTOMER_PORTAL_URL"),
        ("portal", {"customer_portal_url": f"{LOGIN}/live_1"}, "ok", f"{LOGIN}/live_1"),
        ("portal", {"customer_portal_url": f"{LOGIN}/test_1"}, "bad", f"the link is of test mode: {LOGIN}/test_1"),
        ("portal", {"customer_portal_url": f"{LOGIN}/test_1", "stripe_mode": "test"}, "ok", f"{LOGIN}/test_1"),
    ],
)  # fmt: skip
def test_doctor_says_who_is_not_set_yet(
    check: str, settings: dict[str, str], state: str, detail: str
) -> None:
    [result] = [result for result in _integrations(load_settings(settings, {})) if result.name == check]
    assert (result.state, result.detail) == (state, detail)
    assert (result.hint is None) is (state == "ok" and check != "overdue")  # it names the steps to set
