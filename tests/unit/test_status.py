"""The lines of `execops status` that need no database: what is connected, and what is an example still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli import deployment
from cli.status import connections, placeholders
from execops.ingest.arrivals import Arrival, Arrivals, Refusal
from execops.settings import load_settings
from tests.facts import SENDERS

NOW = datetime.now(UTC)


def test_nothing_is_connected_at_first() -> None:
    assert connections(load_settings({}, {})) == {
        "Stripe webhooks": "stripe",
        "Stripe API": "stripe",
        "mail (the outbox keeps it)": "smtp",
        "Slack (the outbox keeps it)": "slack",
        "model": "model",
    }
    settings = load_settings(
        {
            "stripe_webhook_secrets": "whsec_1",
            "stripe_api_key": "rk_1",
            "email_transport": "smtp",
            "slack_transport": "slack",
            "model": "openai:small",
        },
        {},
    )
    assert list(connections(settings).values()) == [None] * 5


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (
            SENDERS,
            {
                "EXECOPS_COMPANY_NAME": "Our team",
                "EXECOPS_EMAIL_FROM": "billing@localhost",
                "EXECOPS_ACCOUNT_OWNER_EMAIL": "owner@localhost",
                "EXECOPS_FINANCE_EMAIL": "finance@localhost",
            },
        ),
        (
            {
                "company_name": "Hooli",
                "email_from": "Billing <billing@hooli.com>",
                "account_owner": "#accounts",
                "finance_email": "finance@example.com",
            },
            {"EXECOPS_FINANCE_EMAIL": "finance@example.com"},
        ),
        (
            {},
            dict.fromkeys(
                (
                    "EXECOPS_COMPANY_NAME",
                    "EXECOPS_EMAIL_FROM",
                    "EXECOPS_ACCOUNT_OWNER_EMAIL",
                    "EXECOPS_FINANCE_EMAIL",
                )
            ),
        ),
    ],
)
def test_placeholders_are_told_from_ones_own(flags: dict[str, str], expected: dict[str, str | None]) -> None:
    assert placeholders(load_settings(flags, {})) == expected


def arrival(seconds: int, why: str | None = None) -> Arrival:
    return Arrival(event_id=1, type="invoice.paid", at=NOW - timedelta(seconds=seconds), why=why)


def refusal(seconds: int) -> Refusal:
    at = NOW - timedelta(seconds=seconds)
    return Refusal(at=at, code="invalid_signature", why="bad signature", mend="Mend it.", count=2)


def test_only_the_latest_delivery_calls_for_something() -> None:
    settings = load_settings({}, {})
    test_mode = arrival(60, "a test-mode event: EXECOPS_STRIPE_MODE is live")
    for arrivals, expected in (
        (Arrivals(), [("accepted", "Run: execops connect stripe")]),
        (Arrivals(accepted=arrival(0), refused=refusal(60)), [("accepted", None), ("refused", None)]),
        (Arrivals(accepted=arrival(60), refused=refusal(0)), [("accepted", None), ("refused", "Mend it.")]),
        (
            Arrivals(ignored=test_mode),
            [
                ("accepted", None),
                (
                    "ignored",
                    "To take them in, set EXECOPS_STRIPE_MODE=test: execops connect stripe --mode test",
                ),
            ],
        ),
        (Arrivals(accepted=arrival(0), ignored=test_mode), [("accepted", None)]),
    ):
        checks = list(deployment.delivery_checks(settings, arrivals))
        assert [(check.name, check.hint) for check in checks] == expected
        assert all(check.state != "bad" for check in checks)  # a stranger can cause a refusal
