"""Makes mypy check `msgspec.structs.replace` as it checks `dataclasses.replace`: the names and the types of the changes.

Its own stub takes any changes. Each of the two functions refuses the other's objects when it runs, so here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mypy.plugin import FunctionSigContext, Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import CallableType, Instance, flatten_nested_unions, get_proper_type

_TAKES_STRUCTS: Mapping[str, bool] = {"msgspec.structs.replace": True, "dataclasses.replace": False}


class _TypedReplace(Plugin):
    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], CallableType] | None:
        return partial(_signature, _TAKES_STRUCTS[fullname]) if fullname in _TAKES_STRUCTS else None


def _signature(takes_structs: bool, ctx: FunctionSigContext) -> CallableType:
    """mypy keeps a signature for each Struct, because PEP 681 makes it a kind of dataclass."""
    signature = replace_function_sig_callback(ctx)
    for member in flatten_nested_unions(signature.arg_types[:1]):
        record = get_proper_type(member)
        if isinstance(record, Instance) and record.type.has_base("msgspec.Struct") is not takes_structs:
            takes = "a Struct" if takes_structs else "a dataclass"
            ctx.api.fail(f"This replace takes {takes}, and {record.type.name} is none", ctx.context)
    return signature


def plugin(_version: str) -> type[Plugin]:
    """The plugin, as mypy asks for it."""
    return _TypedReplace
