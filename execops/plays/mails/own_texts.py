"""The founder's own words for mails: files `EXECOPS_HOME/texts/<play>.<language>` in the form of the built-in texts.

A file holds some texts of its play, or of `letter`, which all mails share, under the names of the built-in ones. They are
checked before any mail is written: a text without an amount or a link, or with a value that its play does not give, must
never wait for a customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from msgspec import Struct

from execops.errors import InvalidInputError
from execops.plays.mails import letters

Texts = Mapping[str, ast.Message]
# Values that the built-in texts of version 0.1.0 used, and that a founder's own texts may still use.
_EARLIER = dict.fromkeys(("invoice_overdue-opening", "invoice_overdue-rest"), frozenset({"days", "since"}))


class Fault(Struct, frozen=True):
    """A fault of a file of texts: the line, and what is wrong there."""

    line: int
    what: str


def check(folder: Path, files: Mapping[str, str]) -> None:
    """Raise InvalidInputError, with file and line, where one of the founder's files cannot be used."""
    for name, source in files.items():
        for fault in faults(name, source):
            raise InvalidInputError(
                f"{folder / name}:{fault.line}: {fault.what} Nothing was started.",
                hint="The built-in words: execops plays preview NAME --texts. To do without your own: move the file away.",
            )


def faults(name: str, source: str) -> Iterator[Fault]:
    """The faults of a file of this name, in the order of its lines."""
    play, _, language = name.rpartition(".")
    if language not in letters.languages():
        yield Fault(1, f"{language!r} is no language with texts: {', '.join(letters.languages())}.")
        return
    built_in = {id_: text for id_, text in texts(language).items() if id_.startswith(f"{play}-")}
    if not play or not built_in:
        yield Fault(1, f"{play!r} is no play that writes to customers: {', '.join(plays())}.")
        return
    yield from faults_of(source, built_in)


def faults_of(source: str, like: Texts) -> Iterator[Fault]:
    """The faults of texts that are to take the place of some others: unknown names, unknown values, missing values."""
    tree = FluentParser().parse(source)
    own = {entry.id.name: entry for entry in tree.body if isinstance(entry, ast.Message)}
    for entry in tree.body:
        if isinstance(entry, ast.Junk):
            why = entry.annotations[0]
            yield Fault(_line(source, why), f"It is no text: {why.message}.")
        elif isinstance(entry, ast.Message):
            line = _line(source, entry.id)
            if own[entry.id.name] is not entry:
                yield Fault(line, f"The text {entry.id.name!r} stands twice.")
            for fault in _faults_of_text(entry, {**like, **own}, like):
                yield Fault(line, fault)


def plays() -> list[str]:
    """`letter`, and the plays that write to customers."""
    return sorted({name.partition("-")[0] for name in texts(letters.ENGLISH)})


@cache
def texts(language: str) -> Texts:
    """The built-in texts of a language by name."""
    body = FluentParser().parse(letters.source(language)).body
    return {entry.id.name: entry for entry in body if isinstance(entry, ast.Message)}


def excerpt(play: str, language: str) -> str:
    """The built-in texts of a play in a language, as a file of one's own may begin."""
    source = letters.source(language)
    names = [name for name in texts(language) if name.startswith(f"{play}-")]
    return "\n".join(_source_of(source, texts(language)[name]) for name in names) + "\n"


def values(name: str, texts: Texts) -> tuple[frozenset[str], frozenset[str]]:
    """The values that a text may use, and those of them that stand in each of its variants."""
    message = texts.get(name)
    if message is None or message.value is None:
        return frozenset(), frozenset()
    return _of_pattern(message.value, texts, frozenset({name}))


def _faults_of_text(message: ast.Message, texts: Texts, like: Texts) -> Iterator[str]:
    name = message.id.name
    if name not in like:
        yield f"There is no text {name!r}: {', '.join(like)}."
        return
    if message.attributes or message.value is None:
        yield f"The text {name!r} has no words of its own, or has attributes."
        return
    used, always = values(name, texts)
    allowed, needed = values(name, like)
    for unknown in sorted(used - allowed - _EARLIER.get(name, frozenset())):
        yield f"The text {name!r} has no value {{ ${unknown} }}: {_listed(allowed)}."
    for missing in sorted(needed - always):
        yield f"The text {name!r} lacks the value {{ ${missing} }}, in one of its variants at least."
    for other in sorted(other for other in _references(message.value) - texts.keys() if not _shared(other)):
        yield f"The text {name!r} refers to {other!r}, which this file does not have."


def _of_pattern(
    pattern: ast.Pattern, texts: Texts, within: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    used, always = frozenset[str](), frozenset[str]()
    for element in pattern.elements:
        if not isinstance(element, ast.Placeable):
            continue
        more, more_always = _of_expression(element.expression, texts, within)
        used, always = used | more, always | more_always
    return used, always


def _of_expression(
    expression: object, texts: Texts, within: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    if isinstance(expression, ast.VariableReference):
        name = frozenset({expression.id.name})
        return name, name
    if isinstance(expression, ast.MessageReference):
        message = texts.get(expression.id.name) or _shared(expression.id.name)
        if message is None or message.value is None or expression.id.name in within:
            return frozenset(), frozenset()
        return _of_pattern(message.value, texts, within | {expression.id.name})
    if isinstance(expression, ast.SelectExpression):
        variants = [_of_pattern(variant.value, texts, within) for variant in expression.variants]
        chosen_by, _ = _of_expression(expression.selector, texts, within)
        used = chosen_by.union(*(used for used, _ in variants))
        return used, variants[0][1].intersection(*(always for _, always in variants))
    return frozenset(), frozenset()


def _shared(name: str) -> ast.Message | None:
    """A text that all mails share, to which the texts of plays refer."""
    return texts(letters.ENGLISH).get(name) if name.startswith("letter-") else None


class _References(Visitor):
    """Collects the names of the texts that a pattern refers to."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def _references(pattern: ast.Pattern) -> set[str]:
    visitor = _References()
    visitor.visit(pattern)
    return visitor.names


def _listed(names: frozenset[str]) -> str:
    return f"it has {', '.join(f'${name}' for name in sorted(names))}" if names else "it has none"


def _source_of(source: str, node: ast.SyntaxNode) -> str:
    return source[node.span.start : node.span.end].rstrip() if node.span else ""


def _line(source: str, node: ast.SyntaxNode) -> int:
    return source.count("\n", 0, node.span.start if node.span else 0) + 1
