"""Every operation of the Client, and its route: `proposals.card` is `GET /api/console/proposals/card`.

The table says of each operation whether it reads, acts, or works for long; its parameters, its result and its words come
from the method itself. So the server and the console agree by construction. An operation that is missing here fails a test.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from execops.client import Client
from execops.client.remote import type_hints
from execops.client.remote.wire import Codec, codec
from execops.errors import InvalidInputError
from execops.model import Json

PREFIX = "/api/console"
UPLOAD = 20 * 1024 * 1024  # bytes of a request that imports
BODY = 1024 * 1024  # bytes of any other request
MOST_LINES = 2000  # of a page


class Kind(StrEnum):
    """How a console asks for an operation."""

    READS = "reads"  # it changes nothing, so a console may ask again
    ACTS = "acts"  # a key with the request keeps it from being done twice
    STREAMS = "streams"  # it reads, record by record
    WORKS = "works"  # it acts for long, and tells how far it is
    HERE = "here"  # the console itself knows
    LISTENS = "listens"  # it has a route of its own: the live changes


_TABLE: Mapping[Kind, str] = {
    Kind.READS: """
        proposals.inbox proposals.history proposals.decided proposals.counts proposals.quiet proposals.get proposals.card
        proposals.attention
        plays.list plays.actions plays.precision plays.flagged
        events.list events.get events.prunable customers.held
        operators.list operators.me
        policies.rule policies.is_current policies.switches
        notifications.show suppressions.list vendors.list vendors.categories
        audit.latest audit.verify
        deployment.health deployment.measures deployment.overview
        books.account_days books.doubles books.imports
        canvas.ask canvas.ask_suggested canvas.understand canvas.answer canvas.behind
        canvas.refused canvas.synonyms canvas.try_synonym
    """,
    Kind.ACTS: """
        proposals.record_opening proposals.record_dwell proposals.request_first_message proposals.approve proposals.reject
        proposals.approve_many proposals.reject_many proposals.close_many proposals.snooze proposals.unsnooze
        proposals.edit proposals.undo proposals.retry proposals.confirm proposals.close
        plays.set_allowed events.propose events.replay
        operators.add operators.rotate operators.revoke
        policies.set_second_approval notifications.switch_on notifications.switch_off
        suppressions.add suppressions.lift customers.erase vendors.alias vendors.remove
        vendors.categorise vendors.uncategorise
        deployment.pause deployment.resume deployment.restored
        books.import_statement books.undo_import
        canvas.erase_refused canvas.teach canvas.forget
    """,
    Kind.STREAMS: "audit.since",
    Kind.WORKS: """
        plays.backtest events.prune books.backfill_stripe books.fetch_stripe_events books.fetch_github_deliveries
    """,
    Kind.HERE: "proposals.validate canvas.metrics",
    Kind.LISTENS: "deployment.changes",
}
_LARGE = frozenset({"books.import_statement", "books.doubles", "canvas.behind"})
# Parameters that are no data: the server, or the console, has its own.
TELLS, STOP, PROCESS = frozenset({"on_progress", "on_page"}), "stop", "process"
_OWN = TELLS | {STOP, PROCESS}


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter that travels; one with a default may be left out."""

    name: str
    codec: Codec
    is_plain: bool  # one word of a query says it
    default: Any

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty


class Operation(Struct, frozen=True, dict=True):
    """One operation of a part of the Client."""

    part: str
    name: str
    kind: Kind

    @property
    def full_name(self) -> str:
        """Such as `proposals.card`."""
        return f"{self.part}.{self.name}"

    @property
    def path(self) -> str:
        """The path of its route."""
        return f"{PREFIX}/{self.part}/{self.name}"

    @property
    def most(self) -> int:
        """The bytes that its request may have."""
        return UPLOAD if self.full_name in _LARGE else BODY

    @cached_property
    def function(self) -> Any:  # noqa: ANN401
        """The method of the part."""
        return inspect.getattr_static(part_class(self.part), self.name)

    @property
    def words(self) -> str:
        """The words that say what the operation does."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature, without `self`."""
        signature = inspect.signature(self.function)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters that travel, by name."""
        hints = type_hints.of(self.function)
        parameters = {}
        for name, parameter in self.signature.parameters.items():
            if name not in _OWN:
                inner = codec(hints[name])
                if name == "limit":
                    inner = replace(inner, schema={"type": "integer", "minimum": 1, "maximum": MOST_LINES})
                parameters[name] = Parameter(
                    name=name, codec=inner, is_plain=_is_plain(inner.schema), default=parameter.default
                )
        return parameters

    @cached_property
    def result(self) -> Codec:
        """The codec of the result; of one record where the operation streams."""
        hint = type_hints.of(self.function)["return"]
        return codec(get_args(hint)[0] if self.kind is Kind.STREAMS else hint)

    @cached_property
    def tells(self) -> tuple[str, Codec] | None:
        """The parameter that is called with progress, and the codec of that; None without one."""
        hints = type_hints.of(self.function)
        for name in TELLS & self.signature.parameters.keys():
            return name, codec(get_args(hints[name])[0][0])
        return None

    @cached_property
    def method(self) -> str:
        """GET where it reads and its arguments stand in a query, else POST."""
        plain = all(parameter.is_plain for parameter in self.parameters.values())
        return "GET" if plain and self.kind in {Kind.READS, Kind.STREAMS} else "POST"

    def encode(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> Json:
        """The arguments of a call as JSON, without those that are left at their default."""
        bound = self.signature.bind(*args, **kwargs).arguments
        return {
            name: parameter.codec.encode(bound[name])
            for name, parameter in self.parameters.items()
            if name in bound and (parameter.is_required or bound[name] != parameter.default)
        }

    def decode(self, values: Mapping[str, object]) -> dict[str, Any]:
        """The arguments of a request. Raises InvalidInputError."""
        unknown = values.keys() - self.parameters.keys()
        if unknown:
            raise InvalidInputError(f"{self.full_name} takes no {', '.join(sorted(unknown))}.")
        arguments = {}
        for name, parameter in self.parameters.items():
            if name not in values:
                if parameter.is_required:
                    raise InvalidInputError(f"{self.full_name} needs {name}.")
                continue
            try:
                arguments[name] = parameter.codec.decode(values[name])
            except (ValueError, TypeError, RecursionError) as exc:
                raise InvalidInputError(f"{name}: {exc}; nothing was changed.") from exc
            if name == "limit" and not 1 <= arguments[name] <= MOST_LINES:
                raise InvalidInputError(f"limit is a number from 1 to {MOST_LINES}.")
        return arguments


@cache
def part_class(name: str) -> type:
    """The class of a part of the Client. Imports it."""
    part: type = type_hints.of(vars(Client)[name].func)["return"]
    return part


OPERATIONS: Mapping[str, Operation] = {
    name: Operation(name.partition(".")[0], name.partition(".")[2], kind)
    for kind, names in _TABLE.items()
    for name in names.split()
}


def _is_plain(schema: Json) -> bool:
    """Whether a word says a value of this type."""
    if "anyOf" in schema:
        return all(_is_plain(inner) for inner in schema["anyOf"])
    return schema.get("type") in {"string", "integer", "boolean", "number", "null"} or "enum" in schema
