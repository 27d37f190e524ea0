"""The events that an endpoint at Stripe should send: made from the plays and the readers, and nothing that neither knows."""

from __future__ import annotations

from execops.client import connections
from execops.plays.registry import all_plays
from execops.sources.stripe.event_effects import OBJECT_TYPES
from execops.sources.stripe.event_types import object_of

# A name that Stripe has given up, and that its package does not list any more.
GIVEN_UP = {"payment_method.card_automatically_updated"}


def test_the_list_holds_every_event_that_a_play_answers() -> None:
    of_money = [play for play in all_plays().values() if play.vertical == "money"]
    answered = {name for play in of_money for name in play.events if not name.startswith("bank.")}
    assert answered - GIVEN_UP <= set(connections.stripe_events())


def test_the_list_holds_an_event_for_each_object_that_is_read_and_no_other() -> None:
    objects = {object_of(name) for name in connections.stripe_events()}
    assert objects <= OBJECT_TYPES
    assert OBJECT_TYPES - objects == {"card"}  # one comes with `customer.source.*`, as `source` does


def test_near_names_are_told_apart() -> None:
    for name, expected in (
        ("account.updated", "account"),
        ("account.external_account.updated", "bank_account"),
        ("charge.dispute.created", "dispute"),
        ("charge.refunded", "charge"),
        ("charge.refund.updated", "refund"),
        ("customer.subscription.trial_will_end", "subscription"),
        ("customer.tax_id.created", "tax_id"),
        ("radar.early_fraud_warning.created", "radar.early_fraud_warning"),
        ("source.transaction.created", "source_transaction"),
        ("invoice_payment.paid", "invoice_payment"),
    ):
        assert object_of(name) == expected
