"""The house stays one that a stranger can live in: its rooms, its sizes, its circles, its words."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PACKAGES = ("execops", "cli", "tui", "server", "jobs")
# A file name stands twice in the core only for a vertical: once in graphs/, once in plays/, and money.py beside them.
VERTICALS = frozenset({"money.py"})
# Names that say nothing of the value that they hold.
VAGUE = frozenset({"each", "found", "told", "said", "known", "shown", "given", "left", "it"})
OPENERS = re.compile(r"(What|Who|Whoever|Where|Of)\b")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)


@dataclass(frozen=True)
class Module:
    """A module's syntax as the tests measure it. The tree itself is not kept: all of them would be a million objects."""

    names: Counter[str]  # of local variables and parameters: one for each place that binds one
    sentences: tuple[str, ...]  # of docstrings
    lengths: dict[str, int]  # the lines of each function
    methods: dict[str, int]  # how many each class has


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def module_of(path: Path) -> Module:
    return read(path.read_text(encoding="utf-8"))


def modules(*folders: str) -> list[Module]:
    return [module_of(path) for path in python_files(*folders)]


def read(source: str) -> Module:
    around = walk(ast.parse(source), up_to=(*FUNCTIONS, ast.Lambda))
    within = walk(*(node for node in around if isinstance(node, (*FUNCTIONS, ast.Lambda))))
    sentences: list[str] = []
    lengths, methods = {}, {}
    for node in dict.fromkeys(node for node in (*around, *within) if isinstance(node, DOCUMENTED)):
        if ast.get_docstring(node, clean=False) is not None:
            text = " ".join((ast.get_docstring(node) or "").split())
            sentences += filter(None, re.split(r"(?<=[.:;])\s+(?=[A-Z])", text))
        if isinstance(node, FUNCTIONS):
            lengths[f"{node.name}:{node.lineno}"] = (node.end_lineno or 0) - node.lineno + 1
        if isinstance(node, ast.ClassDef):
            methods[node.name] = sum(isinstance(inner, FUNCTIONS) for inner in node.body)
    return Module(Counter(bound_names(within)), tuple(sentences), lengths, methods)


def walk(*roots: ast.AST, up_to: tuple[type[ast.AST], ...] = ()) -> list[ast.AST]:
    """These nodes and all within them that have parts: half of the time of `ast.walk`. Nodes of some kinds may not be looked into."""
    nodes = list(roots)
    for node in nodes:  # which grows meanwhile
        if isinstance(node, up_to):
            continue
        for value in vars(node).values():
            if isinstance(value, list):
                nodes += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST) and vars(value):
                nodes.append(value)
    return nodes


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@cache
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


def test_modules_functions_and_classes_are_short() -> None:
    faults = []
    for path in python_files(*PACKAGES, "migrations"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 400:
            faults.append(f"{path} has {lines} lines")
        module = module_of(path)
        faults += [f"{path}: {name} has {n} lines" for name, n in module.lengths.items() if n > 60]
        faults += [f"{path}: {name} has {n} methods" for name, n in module.methods.items() if n > 45]
    assert faults == []


def test_names_say_what_a_value_is() -> None:
    names = Counter[str]()
    for module in modules(*PACKAGES, "tests"):
        names.update(module.names)
    vague = {name: names[name] for name in VAGUE if names[name]}
    assert sum(vague.values()) / names.total() < 0.01, vague


def test_docstrings_name_the_actor_first() -> None:
    sentences = [sentence for module in modules(*PACKAGES, "tests") for sentence in module.sentences]
    opened = [sentence for sentence in sentences if OPENERS.match(sentence)]
    assert len(opened) / len(sentences) < 0.04, opened[:20]


def test_the_syntax_of_a_module_is_read() -> None:
    source = """
'''A first sentence. A second one: And a third.'''
class Thing:
    def first(self): ...
    async def second(self, /, a, *b, c=lambda d: d, **e):
        '''Words.'''
        for f, (g, *h) in [i for i in a]:
            with j as k, (l := m): n[o].p = 1
        def inner(q): r: int = 1
s = lambda t: 0
u = 1
"""
    assert read(source) == Module(
        Counter({"self": 2, **dict.fromkeys("abcdefghiklqrt", 1)}),
        ("A first sentence.", "A second one:", "And a third.", "Words."),
        {"first:4": 1, "second:5": 5, "inner:9": 1},
        {"Thing": 2},
    )
