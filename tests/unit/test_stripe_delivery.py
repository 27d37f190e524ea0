"""Stripe's deliveries: the signature, the time and the event inside. Nothing raises any error but our own."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execops.db.storable import parse
from execops.errors import InvalidDeliveryError, NotConfiguredError, SignatureError
from execops.settings import Settings, load_settings
from execops.sources.stripe import fields, normalise, verify
from tests.stripe_events import event, failed, sign

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
BODY = json.dumps(failed()).encode()


def configured(**environ: str) -> Settings:
    return load_settings({"home": "/nowhere"}, {"STRIPE_WEBHOOK_SECRET": "whsec_test", **environ})


SETTINGS = configured()


def header(value: str) -> dict[str, str]:
    return {"stripe-signature": value}


def good() -> str:
    return sign(BODY, at=AT)["stripe-signature"]


# verify


def test_a_signed_delivery_passes() -> None:
    verify(SETTINGS, sign(BODY, at=AT), BODY, NOW)


@pytest.mark.parametrize("off", [-300, 300])
def test_the_tolerance_is_300_seconds_both_ways(off: int) -> None:
    verify(SETTINGS, sign(BODY, at=AT + off), BODY, NOW)
    with pytest.raises(SignatureError, match="300 s"):
        verify(SETTINGS, sign(BODY, at=AT + off + int(math.copysign(1, off))), BODY, NOW)


def test_any_configured_secret_may_have_signed() -> None:
    rotating = configured(STRIPE_WEBHOOK_SECRET="whsec_new, whsec_old")
    for secret in ("whsec_new", "whsec_old"):
        verify(rotating, sign(BODY, secret=secret, at=AT), BODY, NOW)
    with pytest.raises(SignatureError):
        verify(rotating, sign(BODY, secret="whsec_test", at=AT), BODY, NOW)


def test_every_v1_is_tried() -> None:
    time, v1 = good().split(",")
    verify(SETTINGS, header(f"{time},v1={'0' * 64},{v1},v0=ffff"), BODY, NOW)


def test_v0_is_not_a_signature() -> None:
    with pytest.raises(SignatureError):
        verify(SETTINGS, header(good().replace("v1=", "v0=")), BODY, NOW)


def test_another_body_is_refused() -> None:
    with pytest.raises(SignatureError):
        verify(SETTINGS, sign(BODY, at=AT), BODY + b" ", NOW)


def test_a_body_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(SignatureError):
        verify(SETTINGS, sign(b"\xff", at=AT), b"\xff", NOW)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nonsense",
        "t=",
        "t=,v1=",
        "v1=00",
        f"t={AT}",
        f"t={AT},v1=",
        f"t={AT},v1=é",
        "t=now,v1=00",
        f"t={'9' * 5000},v1=00",
        "=,=,=",
        "t",
    ],
)
def test_a_malformed_header_is_refused(value: str) -> None:
    with pytest.raises(SignatureError):
        verify(SETTINGS, header(value), BODY, NOW)


def test_a_second_equals_sign_breaks_nothing() -> None:
    time, v1 = good().split(",")
    verify(SETTINGS, header(f"{time}=x,{v1}"), BODY, NOW)


@settings(deadline=None)
@given(st.text())
def test_no_header_raises_anything_else(value: str) -> None:
    with pytest.raises(SignatureError):
        verify(SETTINGS, header(value), BODY, NOW)


def test_without_a_secret_nothing_can_be_verified() -> None:
    with pytest.raises(NotConfiguredError) as raised:
        verify(load_settings({"home": "/nowhere"}, {}), sign(BODY, at=AT), BODY, NOW)
    assert "STRIPE_WEBHOOK_SECRET" in (raised.value.hint or "")


def test_a_secret_never_stands_in_an_error() -> None:
    with pytest.raises(SignatureError) as raised:
        verify(SETTINGS, header("t=1,v1=00"), BODY, NOW)
    assert "whsec_test" not in f"{raised.value} {raised.value.hint} {raised.value!r}"


# normalise


def test_a_snapshot_event() -> None:
    payload = failed("in_9", created=1_790_000_000)
    new_event = normalise(SETTINGS, payload, NOW)
    assert (new_event.type, new_event.dedupe_key, new_event.object_id, new_event.subject_key) == (
        "invoice.payment_failed",
        payload["id"],
        "in_9",
        "cus_1",
    )
    assert new_event.occurred_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert new_event.livemode
    assert new_event.ignored is None


def test_an_expanded_customer_and_a_customer_itself_are_the_subject() -> None:
    expanded = event("charge.failed", {"object": "charge", "id": "ch_1", "customer": {"id": "cus_7"}})
    itself = event("customer.updated", {"object": "customer", "id": "cus_7"})
    assert normalise(SETTINGS, expanded, NOW).subject_key == "cus_7"
    assert normalise(SETTINGS, itself, NOW).subject_key == "cus_7"


def test_a_thin_event_is_stored_but_ignored() -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v1.billing.meter.error_report_triggered",
        "created": "2026-11-22T11:00:00.123Z",
        "related_object": {"id": "mtr_1", "type": "billing.meter"},
    }
    new_event = normalise(SETTINGS, thin, NOW)
    assert new_event.occurred_at == NOW - timedelta(hours=1) + timedelta(milliseconds=123)
    assert (new_event.object_id, new_event.subject_key) == ("mtr_1", "mtr_1")
    assert "thin" in (new_event.ignored or "")


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "x", None, 5])
def test_a_time_beyond_reason_is_now(created: object) -> None:
    thin = {"id": "evt_thin", "object": "v2.core.event", "type": "x", "created": created}
    assert normalise(SETTINGS, thin, NOW).occurred_at == NOW


@pytest.mark.parametrize(
    ("mode", "livemode", "ignored"),
    [("live", True, False), ("live", False, True), ("test", False, False), ("test", True, True)],
)
def test_events_of_the_other_mode_are_ignored(mode: str, livemode: bool, ignored: bool) -> None:
    settings = configured(EXECOPS_STRIPE_MODE=mode)
    new_event = normalise(settings, failed() | {"livemode": livemode}, NOW)
    assert (new_event.ignored is not None) is ignored
    assert new_event.livemode is livemode


@pytest.mark.parametrize("livemode", [None, "true", 1, "missing"])
def test_only_true_is_live(livemode: object) -> None:
    payload = {**failed(), "livemode": livemode}
    if livemode == "missing":
        del payload["livemode"]
    new_event = normalise(SETTINGS, payload, NOW)
    assert new_event.livemode is False
    assert "test-mode" in (new_event.ignored or "")


def test_an_event_from_the_future_happened_when_it_arrived() -> None:
    later = int((NOW + timedelta(days=400)).timestamp())
    assert normalise(SETTINGS, failed(created=later), NOW).occurred_at == NOW
    thin = {"id": "evt_thin", "object": "v2.core.event", "type": "x", "created": "2199-01-01T00:00:00Z"}
    assert normalise(SETTINGS, thin, NOW).occurred_at == NOW


OWN = "acct_1Own"


@pytest.mark.parametrize(
    ("own", "named", "ignored"),
    [
        ("", {}, None),
        ("", {"account": None, "context": None}, None),
        ("", {"account": "acct_2"}, "of the connected account acct_2"),
        (OWN, {"account": "acct_2"}, "of the connected account acct_2"),
        (OWN, {"account": OWN}, None),
        (OWN, {}, None),
        ("", {"account": ["acct_2"]}, "of the connected account that it does not name"),
        ("", {"context": "acct_2"}, "of the account acct_2: set EXECOPS_STRIPE_ACCOUNT if it is yours"),
        (OWN, {"context": "acct_2"}, f"of the account acct_2: EXECOPS_STRIPE_ACCOUNT is {OWN}"),
        (OWN, {"context": f"{OWN}/acct_2"}, f"of the account acct_2: EXECOPS_STRIPE_ACCOUNT is {OWN}"),
        (OWN, {"context": OWN}, None),
        (OWN, {"context": f"org_9/{OWN}"}, None),
        ("", {"context": "org_9"}, None),
        (OWN, {"account": "acct_2", "context": OWN}, "of the connected account acct_2"),
    ],
)
def test_an_event_of_another_account_is_ignored(own: str, named: dict[str, Any], ignored: str | None) -> None:
    settings = configured(EXECOPS_STRIPE_ACCOUNT=own)
    assert normalise(settings, failed() | named, NOW).ignored == ignored


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"object": "event"},
        {"object": "event", "id": "evt_1"},
        {"object": "event", "id": 1, "type": "x"},
        {"object": "event", "id": " ", "type": "x"},
        {"object": "event", "id": "e" * 256, "type": "x"},
        {"object": "charge", "id": "ch_1", "type": "x"},
    ],
)
def test_a_payload_that_is_not_an_event_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InvalidDeliveryError, match="not a Stripe event"):
        normalise(SETTINGS, payload, NOW)


def test_ids_that_no_index_holds_are_left_out() -> None:
    payload = event("charge.failed", {"object": "charge", "id": "c" * 256, "customer": "d" * 256})
    new_event = normalise(SETTINGS, payload, NOW)
    assert (new_event.object_id, new_event.subject_key) == (None, None)


# parse and normalise, with arbitrary input

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
EVENTISH = st.fixed_dictionaries(
    {"object": st.sampled_from(["event", "v2.core.event"]), "id": st.text(), "type": st.text() | ANY_JSON},
    optional={
        "created": ANY_JSON,
        "livemode": ANY_JSON,
        "api_version": ANY_JSON,
        "related_object": ANY_JSON,
        "data": ANY_JSON | st.fixed_dictionaries({"object": ANY_JSON}),
    },
)


@settings(deadline=None)
@given(ANY_JSON | EVENTISH)
def test_arbitrary_json_is_an_event_or_an_invalid_delivery(value: object) -> None:
    body = json.dumps(value).encode()
    try:
        parsed = parse(body)
        payload = parsed.payload
        new_event = normalise(SETTINGS, payload, NOW)
    except InvalidDeliveryError:
        return
    assert new_event.dedupe_key
    assert new_event.type
    # The text that Postgres stores as jsonb.
    stored = json.dumps(payload, allow_nan=False) if parsed.text is None else parsed.text
    assert json.loads(stored) == payload
    assert "\\u0000" not in stored.replace("\\\\", "")
    json.loads(stored, parse_constant=pytest.fail)
    assert not any("\ud800" <= character <= "\udfff" for character in json.dumps(payload, ensure_ascii=False))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_else(body: bytes) -> None:
    try:
        payload = parse(body).payload
        normalise(SETTINGS, payload, NOW)
    except InvalidDeliveryError:
        pass


# fields


def test_fields_of_the_wrong_type_read_as_none() -> None:
    odd: dict[str, Any] = {"a": 1, "b": "x", "c": True, "d": None, "e": {"id": " id_1 "}, "f": [1, {"g": 2}]}
    assert fields.text(odd, "a") is None
    assert fields.text({"b": "  "}, "b") is None
    assert fields.whole(odd, "c") is None
    assert fields.whole(odd, "b") is None
    assert fields.whole(odd, "a") == 1
    assert fields.flag(odd, "a") is None
    assert fields.flag(odd, "c") is True
    assert fields.ref(odd, "e") == "id_1"
    assert fields.ref(odd, "b") == "x"
    assert fields.ref(odd, "f") is None
    assert fields.obj(odd, "e", "id") == {}
    assert fields.obj(odd, "missing", "further") == {}
    assert fields.items(odd, "f") == [{"g": 2}]
    assert fields.items({"f": {"data": [{"h": 3}, None]}}, "f") == [{"h": 3}]
    assert fields.items(odd, "b") == []


def test_times_are_the_first_that_is_one() -> None:
    data = {"a": "soon", "b": True, "c": -5, "d": 10**12, "e": 86400}
    assert fields.at(data, "a", "b", "c", "d", "e") == datetime(1970, 1, 2, tzinfo=UTC)
    assert fields.at(data, "a") is None
