"""The types that a signature names, also those that its module imports for type checkers alone."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


def of(owner: object) -> Mapping[str, Any]:
    """The types of a function's parameters and result (`return`), or of a class's fields; each is evaluated when it is read."""
    module = sys.modules[owner.__module__]
    return _Types(inspect.get_annotations(owner), module)  # type: ignore[arg-type]


def of_record(kind: type) -> Mapping[str, Any]:
    """The types of a record's fields, those that it inherits too."""
    return {
        name: of(base)[name] for base in reversed(kind.__mro__) if base is not object for name in of(base)
    }


class _Types(dict[str, Any]):
    """Annotations by name, evaluated at the first reading."""

    def __init__(self, written: Mapping[str, Any], module: ModuleType) -> None:
        super().__init__(written)
        self._names = _Names(module)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        written = super().__getitem__(name)
        if isinstance(written, str):
            written = eval(written, {}, self._names)  # noqa: S307  our own source
            self[name] = written
        return written


class _Names(dict[str, Any]):
    """The names of a module; those of its TYPE_CHECKING block are imported at the first use."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__()
        self._module = module

    def __missing__(self, name: str) -> Any:  # noqa: ANN401
        if hasattr(self._module, name):
            return getattr(self._module, name)
        source, original = _imported_late(self._module)[name]  # KeyError: a builtin
        return getattr(import_module(source), original)


@cache
def _imported_late(module: ModuleType) -> Mapping[str, tuple[str, str]]:
    """The module and the name of everything that stands in a TYPE_CHECKING block."""
    blocks = [
        node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name: (statement.module, alias.name)
        for block in blocks
        for statement in block.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }
