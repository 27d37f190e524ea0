"""The Client over HTTP, without a server: its operations, its JSON, its errors."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest

from execops.client import Client
from execops.client.remote import operations, problems
from execops.client.remote.operations import OPERATIONS, Kind
from execops.client.remote.transport import Transport
from execops.client.remote.wire import codec
from execops.errors import (
    ExecOpsError,
    InvalidInputError,
    InvalidPayloadError,
    RecentContactError,
    RefusedError,
    TooManyAttemptsError,
)
from execops.model import Json, Urgency
from execops.money import Money
from execops.proposals.listing import Position
from execops.settings import Secret, contexts, load_settings

MOMENT = datetime(2026, 10, 31, 12, tzinfo=UTC)


def over_the_wire(hint: Any, value: Any) -> Any:
    inner = codec(hint)
    return inner.decode(json.loads(json.dumps(inner.encode(value))))


def test_every_operation_of_the_client_goes_through_both_doors() -> None:
    parts = [name for name, value in vars(Client).items() if isinstance(value, cached_property)]
    methods = {
        f"{part}.{name}"
        for part in parts
        for name in dir(operations.part_class(part))
        if not name.startswith("_")
    }
    assert methods == set(OPERATIONS)


def test_every_operation_can_be_asked_and_its_result_travels() -> None:
    for operation in OPERATIONS.values():
        if operation.kind not in {Kind.HERE, Kind.LISTENS}:
            assert operation.result.schema is not None
            assert operation.parameters is not None
            assert operation.words, operation.full_name


def test_the_server_has_a_route_for_every_operation() -> None:
    from server import changes, console

    paths = {next(iter(route.paths)) for route in console.ROUTES}
    assert {f"/api/console{path}" for path in paths} == {
        operation.path for operation in OPERATIONS.values() if operation.kind not in {Kind.HERE, Kind.LISTENS}
    }
    assert next(iter(changes.changes.paths)) == "/changes"


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (datetime, MOMENT),
        (date | None, None),
        (Secret, Secret("a token")),
        (Money, Money(1250, "EUR")),
        (Position, Position(Urgency.HIGH, 12)),
        (frozenset[str], frozenset({"a", "b"})),
        (tuple[str, int], ("a", 1)),
        (dict[tuple[str, str], int], {("play", "card_update"): 3}),
        (Json, {"at": MOMENT, "day": date(2026, 1, 31), "share": Decimal("0.10"), "sum": Money(1, "JPY")}),
        (Json, {"$day": "not a day, but the payload of somebody"}),
        (Json, {"$as_is": {"$moment": "x"}, "other": [None, True, 1.5, "\u2028"]}),
        (tuple[tuple[Any, ...], ...], ((date(2026, 1, 1), None, 12), (MOMENT, Money(5, "USD"), "x"))),
    ],
)
def test_a_value_is_the_same_on_the_other_side(hint: Any, value: Any) -> None:
    assert over_the_wire(hint, value) == value


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("proposals.card", {}, "needs proposal_id"),
        ("proposals.card", {"proposal_id": "1"}, "is no int"),
        ("proposals.card", {"proposal_id": True}, "is no int"),
        ("proposals.card", {"proposal_id": 2**63}, "too large"),
        ("proposals.card", {"proposal_id": 1, "more": 1}, "takes no more"),
        ("proposals.reject", {"proposal_id": 1, "version": 1, "reason": "a\x00"}, "NUL"),
        ("proposals.inbox", {"after": {"urgency": "mild", "proposal_id": 1}}, "urgency"),
        ("plays.set_allowed", {"kind": "all", "name": "x", "allowed": True}, "none of"),
        ("canvas.ask", {"question": "x", "as_of": "31.12."}, "as_of"),
        ("audit.since", {"moment": "2026-01-01"}, "no time zone"),
        ("proposals.approve_many", {"seen": [[1]]}, "seen"),
        ("books.import_statement", {"account": "a", "lines": [{"is": "Path", "value": {}}]}, "none of"),
    ],
)
def test_arguments_that_are_none_are_refused_in_words(name: str, values: Json, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        OPERATIONS[name].decode(values)


def all_errors(kind: type[ExecOpsError] = ExecOpsError) -> list[type[ExecOpsError]]:
    return [kind, *(inner for child in kind.__subclasses__() for inner in all_errors(child))]


def test_every_error_is_the_same_on_the_other_side() -> None:
    special = {
        RecentContactError: RecentContactError("They were written to.", hint="ask"),
        TooManyAttemptsError: TooManyAttemptsError("Too many.", retry_after=3.5),
        InvalidPayloadError: InvalidPayloadError("The to is empty.", field="to"),
        RefusedError: RefusedError("No.", suggestions=[{"title": "Net revenue"}]),
    }
    kinds = [kind for kind in all_errors() if kind.__module__ == "execops.errors"]
    assert len(kinds) > 20
    for kind in kinds:
        error = special.get(kind) or kind("A sentence.", hint="a step")
        again = problems.from_json(json.loads(json.dumps(problems.to_json(error))))
        assert (type(again).code, again.message, again.hint) == (kind.code, error.message, error.hint)
        assert again.exit_status == error.exit_status
        assert {name: vars(again)[name] for name in vars(error)} == vars(error)


def test_an_error_of_a_newer_server_is_still_one() -> None:
    error = problems.from_json({"code": "brand_new", "detail": "Something else.", "hint": None})
    assert (type(error), error.message) == (ExecOpsError, "Something else.")


def test_what_does_not_travel_is_refused_when_the_program_is_written() -> None:
    with pytest.raises(TypeError, match="does not travel"):
        codec(object)


async def test_an_upload_that_is_too_large_says_where_it_can_be_done() -> None:
    transport = Transport("https://ops.example.com", Secret("token"))
    operation = OPERATIONS["books.import_statement"]
    with pytest.raises(InvalidInputError, match="takes 20 MB at once; nothing was changed") as raised:
        await transport.call(operation, {"account": "main", "lines": ["x" * (21 * 2**20)]})
    assert "on the machine of ops.example.com" in str(raised.value.hint)
    await transport.close()


# Contexts


def place(home: Any, **environ: str) -> contexts.Server | None:
    return contexts.chosen(load_settings({"home": home}, environ))


def test_the_place_of_a_command_follows_the_documented_order(tmp_path: Any) -> None:
    assert place(tmp_path) is None
    acme = contexts.Server(name="acme", url="https://ops.acme.example")
    beta = contexts.Server(name="beta", url="https://ops.beta.example")
    contexts.add(tmp_path, beta, Secret("b"))
    contexts.add(tmp_path, acme, Secret("a"))
    assert place(tmp_path) == acme
    contexts.use(tmp_path, "beta")
    assert place(tmp_path) == beta
    url = place(tmp_path, EXECOPS_URL="https://other.example/")
    assert url is not None
    assert (url.url, url.name) == ("https://other.example", "EXECOPS_URL")
    assert place(tmp_path, EXECOPS_URL="https://other.example", EXECOPS_CONTEXT="acme") == acme
    assert place(tmp_path, EXECOPS_CONTEXT="local", EXECOPS_URL="https://other.example") is None
    flagged = load_settings({"home": tmp_path, "context": "acme"}, {"EXECOPS_CONTEXT": "beta"})
    assert contexts.chosen(flagged) == acme
    with pytest.raises(ExecOpsError, match="There is no context"):
        place(tmp_path, EXECOPS_CONTEXT="gone")


def test_a_token_goes_to_its_own_server_alone(tmp_path: Any) -> None:
    acme = contexts.Server(name="acme", url="https://ops.acme.example")
    contexts.add(tmp_path, acme, Secret("of acme"))
    settings = load_settings({"home": tmp_path}, {"EXECOPS_TOKEN": "of this machine"})
    assert contexts.token_of(settings, acme) == Secret("of acme")
    assert contexts.token_of(settings, contexts.Server(name="new", url="https://new.example")) is None
    contexts.forget(tmp_path, "acme")
    assert contexts.token_of(settings, acme) is None
    assert place(tmp_path) is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://ops.example.com/", "https://ops.example.com"),
        ("ops.example.com", "https://ops.example.com"),
        ("https://example.com/execops/", "https://example.com/execops"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://[::1]:8787", "http://[::1]:8787"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_read(url: str, address: str) -> None:
    assert contexts.checked(url) == address


@pytest.mark.parametrize(
    "url",
    ["http://ops.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example",
     "ftp://x", "https://", "https://a:b@x", "https://x?token=y", "https://x:port"],
)  # fmt: skip
def test_an_address_that_is_none_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError):
        contexts.checked(url)


def test_plain_http_goes_out_where_a_person_says_so() -> None:
    assert contexts.checked("http://10.0.0.1", plain_http=True) == "http://10.0.0.1"
