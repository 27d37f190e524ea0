"""Values as JSON, and back, by their types: what an operation takes and gives, between a console and a server.

A record is an object of its fields, a moment is ISO 8601, money is a record of minor units and currency. If a type
leaves open what a value is, a moment, a day, a decimal and money are marked: `{"$day": "2026-01-31"}`.
"""

from __future__ import annotations

import types
from collections import abc
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, Struct

from execops.client.remote import problems, type_hints
from execops.errors import ExecOpsError
from execops.model import Json
from execops.money import Money
from execops.settings import Secret

SCHEMAS = "Console."  # begins the names of the records in the OpenAPI document
_LARGEST = 2**63
record_schemas: dict[str, Json] = {}  # the JSON Schema of each record that a codec was made for, by its name
_LISTS = {list, tuple, set, frozenset, abc.Sequence, abc.Iterable, abc.Collection, abc.Set}


class Codec(Struct, frozen=True):
    """How values of a type become JSON and back. `decode` raises ValueError for what is no such value.

    `schema` is the type as JSON Schema; a record stands in it by name.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    schema: Json


@cache
def codec(hint: Any) -> Codec:  # noqa: ANN401
    """The codec of a type. Raises TypeError for a type that does not travel, such as a function."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    if origin is Literal:
        return Codec(_same, _one_of(arguments), {"enum": list(arguments)})
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin in (dict, abc.Mapping):
        return _mapping(*arguments)
    if origin in _LISTS:
        return _list(origin, arguments)
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            values = [member.value for member in hint]
            return Codec(lambda member: member.value, hint, {"enum": values})
        if issubclass(hint, ExecOpsError):
            return Codec(problems.to_json, problems.from_json, {"type": "object"})
        if issubclass(hint, Struct):
            return _record(hint)
    raise TypeError(f"{hint!r} does not travel")


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _exactly(*kinds: type) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:  # noqa: ANN401
        if type(value) not in kinds:
            raise ValueError(f"{_shown(value)} is no {kinds[0].__name__}")
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            raise ValueError(f"{value} is too large")
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a text holds a NUL character")
        return value

    return decode


def _parsed(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, str):
            raise ValueError(f"{_shown(value)} is no text")  # noqa: TRY004
        try:
            return read(value)
        except ArithmeticError as exc:
            raise ValueError(f"{_shown(value)} is no number") from exc

    return decode


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def _one_of(values: tuple[Any, ...]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:  # noqa: ANN401
        if value not in values:
            raise ValueError(f"{_shown(value)} is none of {', '.join(map(str, values))}")
        return value

    return decode


def _union(members: tuple[Any, ...]) -> Codec:
    """One type or None; or one of several records, each with its name."""
    rest = [member for member in members if member is not types.NoneType]
    if len(rest) == 1:
        inner = codec(rest[0])
        return Codec(
            lambda value: None if value is None else inner.encode(value),
            lambda value: None if value is None else inner.decode(value),
            {"anyOf": [inner.schema, {"type": "null"}]},
        )
    named = {member.__name__: codec(member) for member in rest}
    by_type = {member: member.__name__ for member in rest}

    def encode(value: Any) -> Json:  # noqa: ANN401
        name = next(by_type[kind] for kind in type(value).__mro__ if kind in by_type)
        return {"is": name, "value": named[name].encode(value)}

    def decode(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, dict) or value.get("is") not in named:
            raise ValueError(f"{_shown(value)} is none of {', '.join(named)}")
        return named[value["is"]].decode(value.get("value"))

    shapes: list[Json] = [
        {"type": "object", "properties": {"is": {"const": name}, "value": inner.schema}}
        for name, inner in named.items()
    ]
    return Codec(encode, decode, {"anyOf": shapes})


def _mapping(key: Any, value: Any) -> Codec:  # noqa: ANN401
    """An object; a list of pairs where the keys are no texts."""
    if key is str and value is Any:
        return _OBJECT
    keys, values = codec(key), codec(value)
    if key is str:
        return Codec(
            lambda pairs: {name: values.encode(item) for name, item in pairs.items()},
            lambda pairs: {name: values.decode(item) for name, item in _of_kind(pairs, dict).items()},
            {"type": "object", "additionalProperties": values.schema},
        )
    return Codec(
        lambda pairs: [[keys.encode(name), values.encode(item)] for name, item in pairs.items()],
        lambda pairs: {keys.decode(name): values.decode(item) for name, item in _of_kind(pairs, list)},
        {"type": "array", "items": _fixed([keys, values])},
    )


def _list(origin: Any, arguments: tuple[Any, ...]) -> Codec:  # noqa: ANN401
    if origin is tuple and arguments[-1] is not Ellipsis:
        parts = [codec(argument) for argument in arguments]
        return Codec(
            lambda values: [part.encode(value) for part, value in zip(parts, values, strict=True)],
            lambda values: tuple(
                part.decode(value) for part, value in zip(parts, _of_kind(values, list), strict=True)
            ),
            _fixed(parts),
        )
    item = codec(arguments[0])
    make = origin if origin in (tuple, set, frozenset) else list
    return Codec(
        lambda values: [item.encode(value) for value in values],
        lambda values: make(item.decode(value) for value in _of_kind(values, list)),
        {"type": "array", "items": item.schema},
    )


def _fixed(parts: list[Codec]) -> Json:
    """The schema of a list that has one item of each of these."""
    items = {"anyOf": [part.schema for part in parts]}
    return {"type": "array", "items": items, "minItems": len(parts), "maxItems": len(parts)}


def _record(kind: type[Struct]) -> Codec:
    """The codec of a record. Its fields are looked at when the first value comes: records may name each other."""
    name = f"{SCHEMAS}{kind.__name__}"

    @cache
    def parts() -> list[tuple[str, Codec]]:
        hints = type_hints.of_record(kind)
        return [(field, codec(hints[field])) for field in kind.__struct_fields__]

    # The last fields have a default each; NODEFAULT stands for none.
    defaults = dict(zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False))

    def encode(record: Any) -> Json:  # noqa: ANN401
        return {field: part.encode(getattr(record, field)) for field, part in parts()}

    def decode(value: Any) -> Any:  # noqa: ANN401
        values = {}
        for field, part in parts():
            if field in _of_kind(value, dict):
                values[field] = _within(field, part.decode, value[field])
            elif defaults.get(field, NODEFAULT) is NODEFAULT:
                raise ValueError(f"{field} is missing")
        return kind(**values)

    if name not in record_schemas:
        record_schemas[name] = {"type": "object"}  # before its parts, which may be of its own type
        record_schemas[name]["properties"] = {field: part.schema for field, part in parts()}
    return Codec(encode, decode, {"$ref": f"#/components/schemas/{name}"})


def _within(name: str, decode: Callable[[Any], Any], value: Any) -> Any:  # noqa: ANN401
    try:
        return decode(value)
    except ValueError as exc:
        raise ValueError(f"{name}: {exc}") from exc


def _of_kind(value: Any, kind: type) -> Any:  # noqa: ANN401
    if not isinstance(value, kind):
        raise ValueError(f"{_shown(value)} is no {'object' if kind is dict else 'list'}")  # noqa: TRY004
    return value


def _shown(value: object) -> str:
    return repr(value)[:60]


# Values whose type is left open

_MARKED: Mapping[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    datetime: ("$moment", datetime.isoformat, _moment),
    date: ("$day", date.isoformat, date.fromisoformat),
    Decimal: ("$decimal", str, Decimal),
    Money: ("$money", lambda money: [money.minor, money.currency], lambda pair: Money(*pair)),
}
_READ_MARKED = {mark: read for mark, _, read in _MARKED.values()}


def _encode_open(value: Any) -> Any:  # noqa: ANN401
    if value is None or isinstance(value, bool | int | float) or type(value) is str:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        encoded = {str(name): _encode_open(item) for name, item in value.items()}
        return {"$as_is": encoded} if len(encoded) == 1 and next(iter(encoded)).startswith("$") else encoded
    if isinstance(value, list | tuple):
        return [_encode_open(item) for item in value]
    if type(value) in _MARKED:
        mark, write, _ = _MARKED[type(value)]
        return {mark: write(value)}
    raise TypeError(f"{type(value).__name__} does not travel")


def _decode_open(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_decode_open(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name == "$as_is":
            return {key: _decode_open(item) for key, item in _of_kind(inner, dict).items()}
        if name in _READ_MARKED:
            return _within(name, _READ_MARKED[name], inner)
    return {name: _decode_open(item) for name, item in value.items()}


_OPEN = Codec(_encode_open, _decode_open, {})
_OBJECT = Codec(_encode_open, lambda value: _decode_open(_of_kind(value, dict)), {"type": "object"})
_LEAVES: Mapping[Any, Codec] = {
    Any: _OPEN,
    types.NoneType: Codec(_same, _exactly(types.NoneType), {"type": "null"}),
    None: Codec(_same, _exactly(types.NoneType), {"type": "null"}),
    str: Codec(str, _exactly(str), {"type": "string"}),
    int: Codec(_same, _exactly(int), {"type": "integer"}),
    bool: Codec(_same, _exactly(bool), {"type": "boolean"}),
    float: Codec(_same, _exactly(float, int), {"type": "number"}),
    datetime: Codec(datetime.isoformat, _parsed(_moment), {"type": "string", "format": "date-time"}),
    date: Codec(date.isoformat, _parsed(date.fromisoformat), {"type": "string", "format": "date"}),
    Decimal: Codec(str, _parsed(Decimal), {"type": "string"}),
    Secret: Codec(Secret.reveal, _parsed(Secret), {"type": "string"}),
}
