"""The errors that a person reads: whole sentences, without the words that CONTRIBUTING.md names, and with a way out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from execops import errors

ROOT = Path(__file__).parents[2]
SHOWN = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ExecOpsError)
}
# They become part of an outcome, which has sentences around them.
OUTCOMES = {name for name in SHOWN if issubclass(vars(errors)[name], errors.AdapterError)}
WITH_A_WAY_OUT = {"NotConfiguredError", "NotFoundError", "UnauthenticatedError"}
GAP = "\N{HORIZONTAL ELLIPSIS}"  # where a message holds a value


def text_of(node: ast.expr) -> str | None:
    """The words of a message, with a gap for each value; None where another function makes it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)
    return None


def raised() -> Iterator[tuple[str, str, str, bool]]:
    """Each error that is raised with words of its own: where, its class, its message, and whether it has a hint."""
    for package in ("execops", "cli", "jobs", "server", "tui"):
        for path in sorted((ROOT / package).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if not any(name in source for name in SHOWN):
                continue
            for node in ast.walk(ast.parse(source)):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                    continue
                text = text_of(node.args[0]) if node.func.id in SHOWN else None
                if text is not None:
                    hinted = any(keyword.arg == "hint" for keyword in node.keywords)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.func.id, text, hinted


def vague_words() -> list[str]:
    """The words that CONTRIBUTING.md forbids in a message."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = text.partition("one of these words:")[2].partition("\n\n")[0]
    return re.findall(r"`([^`]+)`", listed)


def faults(where: str, kind: str, text: str, hinted: bool) -> list[str]:
    """The rules of CONTRIBUTING.md that a message breaks."""
    broken = [word for word in vague_words() if re.search(rf"{'(?i)' * word.islower()}\b{word}\b", text)]
    if kind not in OUTCOMES and not re.search(rf"[.?{GAP}]$", text):
        broken.append("it does not end its sentence")
    if kind in WITH_A_WAY_OUT and not hinted:
        broken.append("it has no hint")
    return [f"{where}: {text!r}: {fault}" for fault in broken]


def test_the_errors_that_a_person_reads_follow_the_rules() -> None:
    messages = list(raised())
    assert len(messages) > 250
    assert len(vague_words()) > 10
    assert [fault for message in messages for fault in faults(*message)] == []


@pytest.mark.parametrize(
    ("kind", "text", "hinted", "count"),
    [
        ("InvalidInputError", "Invalid value.", True, 1),
        ("InvalidInputError", "The value cannot be used", True, 1),
        ("NotFoundError", "There is no such thing.", False, 1),
        ("NotConfiguredError", "Please unexpected", False, 4),
        ("InvalidInputError", "The value cannot be used.", False, 0),
    ],
)
def test_a_message_that_breaks_a_rule_is_found(kind: str, text: str, hinted: bool, count: int) -> None:
    assert len(faults("here", kind, text, hinted)) == count
