"""The house stays one that a stranger can live in: its rooms, its sizes, its circles, its words."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("execops", "cli", "tui", "server", "jobs")
# A file name stands twice in the core only for a vertical: once in graphs/, once in plays/, and money.py beside them.
VERTICALS = frozenset({"money.py"})
# Names that say nothing of the value that they hold.
VAGUE = frozenset({"each", "found", "told", "said", "known", "shown", "given", "left", "it"})
OPENERS = re.compile(r"(What|Who|Whoever|Where|Of)\b")

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in python_files(*folders):
        for node in walked(path):
            yield path, node


def functions(block: ast.AST) -> Iterator[ast.AST]:
    """The functions that stand in no other function."""
    for node in ast.iter_child_nodes(block):
        if isinstance(node, FUNCTIONS):
            yield node
        else:
            yield from functions(node)


def bound_names(*folders: str) -> Iterator[str]:
    """The names of local variables and parameters: one for each place that binds one."""
    for path in python_files(*folders):
        for function in functions(tree(path)):
            for node in ast.walk(function):
                if isinstance(node, ast.arg):
                    yield node.arg
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def docstring_sentences(*folders: str) -> Iterator[str]:
    for _, node in nodes(*folders):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = " ".join((ast.get_docstring(node) or "").split())
            yield from (sentence for sentence in re.split(r"(?<=[.:;])\s+(?=[A-Z])", text) if sentence)


def module_imports() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=False, cache_dir=None)


def test_the_cores_root_has_few_rooms() -> None:
    rooms = {
        path.name
        for path in (ROOT / "execops").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert len(rooms - {"__init__.py"}) <= 21


def test_a_file_name_stands_once_in_the_core() -> None:
    names = Counter(path.name for path in python_files("execops"))
    assert {name for name, count in names.items() if count > 1} - VERTICALS <= {"__init__.py"}


def test_no_two_modules_import_each_other() -> None:
    graph = module_imports()
    for module in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(module):
            assert not graph.chain_exists(imported, module), f"{module} and {imported} import each other"


def test_the_longest_chain_of_rooms_is_short() -> None:
    """A room is a folder or module right under the core, and each other package as a whole."""
    graph = module_imports()

    def room(module: str) -> str:
        package, *rest = module.split(".")
        return ".".join([package, *rest[:1]]) if package == "execops" else package

    imported_by: dict[str, set[str]] = {}
    for module in graph.modules:
        targets = {room(imported) for imported in graph.find_modules_directly_imported_by(module)}
        imported_by.setdefault(room(module), set()).update(targets - {room(module), "execops"})

    @cache
    def depth(name: str) -> int:
        return 1 + max((depth(target) for target in imported_by.get(name, ())), default=0)

    assert max(map(depth, imported_by)) <= 13


@pytest.mark.parametrize("path", python_files(*PACKAGES, "migrations"), ids=lambda path: str(path.name))
def test_modules_functions_and_classes_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
    for node in walked(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) for inner in node.body)
            assert methods <= 45, f"{node.name} has {methods} methods"


def test_names_say_what_a_value_is() -> None:
    names = Counter(bound_names(*PACKAGES, "tests"))
    vague = {name: names[name] for name in VAGUE if names[name]}
    assert sum(vague.values()) / names.total() < 0.01, vague


def test_docstrings_name_the_actor_first() -> None:
    sentences = list(docstring_sentences(*PACKAGES, "tests"))
    opened = [sentence for sentence in sentences if OPENERS.match(sentence)]
    assert len(opened) / len(sentences) < 0.04, opened[:20]
