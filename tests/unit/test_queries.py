"""Named queries: every query states its purpose, is used, runs through `execops.db.queries`, and gets its values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

from execops.db import queries

ROOT = Path(__file__).parents[2]
PACKAGES = ("execops", "jobs", "server", "tui", "cli")
RUNNERS = {"one", "the_one", "many", "run", "run_several", "send", "stream"}
# yoyo works on a connection that is not async.
NOT_ASYNC = {"execops/db/migrate.py"}
# The checkpointer runs LangGraph's own statements.
NOT_OURS = {"execops/graphs/checkpointer.py"}
# A row's filters are a dict, whose names tests/integration/test_drilldown.py tries with every metric.
ROW_FILTERS = {("canvas", "events_behind"), ("canvas", "proposals_behind")}
# Two modules insert with columns that `drafting.new_columns` writes out; the tests of drafting run both.
SHARED_COLUMNS = {("proposals_write", "insert")}
QUERIES_MODULE = "execops/db/queries.py"
FETCHES = {"fetchone", "fetchmany", "fetchall", "executemany"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tables() -> list[str]:
    return sorted(path.stem for path in (ROOT / "execops/db/sql").glob("*.sql"))


def placeholders(query: bytes) -> set[str]:
    """The names of the values that a query binds, without the org."""
    return set(re.findall(r"%\((\w+)\)s", query.decode())) - {"org_id"}


@cache
def sources() -> dict[str, str]:
    """The text of every module of the product, by path."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def loaded(tree: ast.Module) -> dict[str, str]:
    """The table of each name to which a module binds loaded queries: `SQL = queries.load("events")`."""
    return {
        node.targets[0].id: str(ast.literal_eval(node.value.args[0]))
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in {"queries.load", "load"}
        and isinstance(node.value.args[0], ast.Constant)
    }


def query_of(node: ast.AST, tables_by_name: dict[str, str]) -> tuple[str, str] | None:
    """The table and the name of the query `SQL["name"]`; the name is `?` if it is not a constant."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)):
        return None
    table = tables_by_name.get(node.value.id)
    if table is None:
        return None
    key = node.slice
    return table, key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else "?"


def used_queries(source: str) -> set[tuple[str, str]]:
    """The table and the name of every query that a module uses."""
    if "load(" not in source:  # it has no queries
        return set()
    tree = ast.parse(source)
    tables_by_name = loaded(tree)
    return {query for node in ast.walk(tree) if (query := query_of(node, tables_by_name)) is not None}


def other_runs(source: str) -> list[str]:
    """The calls that run a query, or fetch its rows, without `execops.db.queries`."""
    if not any(name in source for name in {"execute", *FETCHES}):
        return []
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and (
            call.func.attr in FETCHES
            or (
                call.func.attr == "execute"
                and bool(call.args)
                and isinstance(call.args[0], ast.Subscript | ast.Name)
            )
        )
    ]


@dataclass(frozen=True)
class Bound:
    """The names of the values that a call passes to a query; `complete` is False if the source hides some names."""

    query: tuple[str, str]
    values: set[str]
    complete: bool


def bound_calls(source: str) -> Iterator[Bound]:
    """The query and the values of every call of a module that runs a named query."""
    if "load(" not in source:  # it has no queries
        return
    tree = ast.parse(source)
    tables_by_name = loaded(tree)
    functions = {node.name: node for node in tree.body if isinstance(node, Function)}
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            query = query_of(call.args[1], tables_by_name) if len(call.args) == 2 else None
            if query is None or ast.unparse(call.func).removeprefix("queries.") not in RUNNERS:
                continue
            parts = [
                {keyword.arg} if keyword.arg else keys(keyword.value, function, functions)
                for keyword in call.keywords
            ]
            values = set[str]().union(*(part for part in parts if part is not None))
            yield Bound(query, values, None not in parts)


def keys(node: ast.expr, function: Function, functions: dict[str, Function]) -> set[str] | None:
    """The keys of a dict, if this function or another function of the module writes them out; else None."""
    match node:
        case ast.Dict() if all(isinstance(key, ast.Constant) for key in node.keys):
            return {str(ast.literal_eval(key)) for key in node.keys if key is not None}
        case ast.BinOp(op=ast.BitOr()):
            operands = [keys(operand, function, functions) for operand in (node.left, node.right)]
            names = [operand for operand in operands if operand is not None]
            return set[str]().union(*names) if len(names) == len(operands) else None
        case ast.Name():
            values = [
                assign.value
                for assign in ast.walk(function)
                if isinstance(assign, ast.Assign) and ast.unparse(assign.targets[0]) == node.id
            ]
            return keys(values[0], function, functions) if len(values) == 1 else None
        case ast.Call(func=ast.Name(id=name)) if name in functions:
            returns = [part.value for part in ast.walk(functions[name]) if isinstance(part, ast.Return)]
            if len(returns) == 1 and returns[0] is not None:
                return keys(returns[0], functions[name], functions)
    return None


@pytest.mark.parametrize("table", tables())
def test_every_query_states_its_purpose_and_names_its_values(table: str) -> None:
    text = (ROOT / f"execops/db/sql/{table}.sql").read_text(encoding="utf-8")
    assert text.startswith("-- name: ")
    for name, query in queries.load(table).items():
        purpose = text.partition(f"-- name: {name}\n")[2].partition("\n")[0]
        assert re.match(r"-- [A-Z`]\w+.* .*\w", purpose), f"{table}.{name} does not state its purpose"
        assert "%" not in re.sub(r"%\(\w+\)s", "", query.decode()), (
            f"{table}.{name} binds a value without a name"
        )


def test_every_query_is_short_enough_for_psycopg_to_remember_how_its_values_are_bound() -> None:
    statements = {(table, name): query for table in tables() for name, query in queries.load(table).items()}
    long = {place for place, query in statements.items() if len(query) > MAX_CACHED_STATEMENT_LENGTH}
    assert long == {("app_role", "grant_rights")}  # a migration runs it once


def test_no_comment_of_a_query_is_sent() -> None:
    [line] = queries.load("session")["now"].splitlines()
    assert line == b"select clock_timestamp() as now"


def test_every_query_is_used_and_every_used_query_exists() -> None:
    queries_on_file = {(table, name) for table in tables() for name in queries.load(table)}
    assert set[tuple[str, str]]().union(*map(used_queries, sources().values())) == queries_on_file


def test_every_query_is_run_through_one_module() -> None:
    runs = {path for path, source in sources().items() if other_runs(source)}
    assert runs - {QUERIES_MODULE} == NOT_ASYNC | NOT_OURS


def test_every_call_passes_exactly_the_values_of_its_query() -> None:
    calls = [(path, call) for path, source in sources().items() for call in bound_calls(source)]
    assert len(calls) > 60
    for path, call in calls:
        table, name = call.query
        expected = placeholders(queries.load(table)[name])
        assert call.values <= expected, f"{path}: {table}.{name} does not name {call.values - expected}"
        assert not call.complete or call.values == expected, (
            f"{path}: {table}.{name} lacks {expected - call.values}"
        )
    assert {call.query for _, call in calls if not call.complete} == ROW_FILTERS | SHARED_COLUMNS


@pytest.mark.parametrize(
    "line",
    [
        'await (await conn.execute(SQL["get"], {"org_id": ORG, "id": 1})).fetchone()',
        'await conn.execute(SQL["finish"], {"org_id": ORG})',
        "await (await conn.execute(query, values)).fetchall()",
        "await conn.execute(query, values)",
        'await cursor.executemany(SQL["get"], rows)',
    ],
)
def test_a_query_run_on_the_connection_is_reported(line: str) -> None:
    assert other_runs(f"async def f():\n    {line}")
    assert not other_runs('async def f():\n    await queries.one(conn, SQL["get"], id=1)')


def test_wrong_names_are_reported() -> None:
    module = 'SQL = queries.load("events")\n'
    assert used_queries(f'{module}SQL["get"], SQL[name]') == {("events", "get"), ("events", "?")}
    call = 'async def f(conn):\n    values = {"id": 1} | more()\n    await queries.one(conn, SQL["get"], a=1, **values)\n'
    assert list(bound_calls(module + call)) == [Bound(("events", "get"), {"a"}, complete=False)]
    spelled_out = f'{module}{call}def more():\n    return {{"b": 2}}\n'
    assert list(bound_calls(spelled_out)) == [Bound(("events", "get"), {"a", "b", "id"}, complete=True)]
