"""`python -m tests.party_tagger`: make the weights by which the party's name is found in a bank's text, from labelled lines.

A conditional random field over the runs of words that may be the name, trained by one line after the other. `--check` leaves
one writer out after the other, and prints how many of that writer's vendors the rest finds; `--lines FILE` prints how many of
that file's vendors the importer finds, and keeps the lines to itself.
"""

from __future__ import annotations

import argparse
import json
import math
import operator
import random
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from execops.model import Json
from execops.sources.bank.parties import party_tagger, party_words, vendors
from execops.sources.bank.parties.brands import brand
from execops.sources.bank.parties.party_tagger import (
    AFTER,
    BEFORE,
    BESIDE,
    FIRST,
    INNER,
    PARTS,
    PAYEE,
    TEXT,
    Scores,
)
from execops.sources.bank.parties.party_words import PLACES
from tests.bank_files import _plain, _same

FOLDER = Path(__file__).parent / "data" / "vendor_lines"
WRITERS = (
    "us",
    "commonwealth",
    "german",
    "romance",
    "world",
    "mixed",
    "atlantic",
    "continent",
    "founders",
    "margins",
    "harbours",
)
FILES = "files"  # the lines of tests/data/bank, but unseen_c
PLAIN = "plain"  # the plainest lines, which no writer used
ROUNDS = 5
KEPT = 3  # of the last rounds, whose weights are averaged
COPIES = 2  # of each line, with other lines' names in the place of its own
RATE = 0.05
EASE = 1.0  # of the first steps: those of a rare mark are as short as its errors are small
TRAINERS = 4  # each with other copies in another order; their weights are averaged
SETTLED = 0.004
TRACED = 150  # lines, whose weights show that the same lines are learnt in the same way

# The companies that the writers kept the books of, which stand beside the party in many of their lines.
_OWN = re.compile(
    r"(?:harrow labs|tidewater apps|pinecrest software|pinecrest|kestrel apps|larkfield labs|lumenfjord|tidewell software|tidewell|quellmoor software|quellmoor|lanternfold technologies|lanternfold|larkfield software|tarnfold labs|tarnfold)(?: (?:inc|llc|ltd|limited|gmbh|sas|ab|oy|sl|pte|ltee|sp z o o|fz llc|pvt ltd|ltda)\b)?",
    re.IGNORECASE,
)

Span = tuple[int, int]
Example = tuple[
    list[list[int]], Span | None
]  # the marks' places for each word and for the end; the name's words


@dataclass(frozen=True, slots=True)
class Line:
    """A text with the run of characters that names the party; None where it names nobody."""

    bank: str
    text: str
    column: str
    labels: tuple[str, ...]
    span: Span | None
    vendor: str | None


def rows_of(file: Path) -> list[Json]:
    """The lines of a file as they are written."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def lines_of(row: Json) -> Iterator[Line]:
    """The texts that the importer reads of a labelled line, up to the one with the name."""
    labels = tuple(row.get("labels") or ([row["kind"]] if row["kind"] else []))
    texts = [(PAYEE, row["payee"] or ""), (BESIDE if row["payee"] else TEXT, row["text"])]
    texts += [(BESIDE, text) for text in row.get("more", ())]
    texts = [(column, vendors.parted(text)) for column, text in texts]
    for column, text in texts:
        at = text.find(row["span"]) if row["span"] else -1
        span = (at, at + len(row["span"])) if at >= 0 else None
        if span is None and column == PAYEE and _is_vendor(text, row["vendor"]):
            span = (0, len(text))
        if text:
            yield Line(row["bank"], text, column, labels, span, row["vendor"])
        if span:
            return


def learnt(without: str = "") -> list[Line]:
    """Every line that the weights are learnt from."""
    names = [name for name in (*WRITERS, FILES, PLAIN, FILES, PLAIN) if name != without]
    return [line for name in names for row in rows_of(FOLDER / f"{name}.jsonl") for line in lines_of(row)]


def _is_vendor(payee: str, vendor: str | None) -> bool:
    ours, right = _plain(payee), _plain(vendor)
    return bool(ours and right) and (ours.startswith(right) or right.startswith(ours))


class Usages:
    """The banks' forms in which a word stands outside names, and inside them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._outside: dict[str, set[str]] = defaultdict(set)
        self._inside: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            words = party_words.words_of(line.text, {})
            start, end = run_of(words, line.span) or (0, 0)
            for at, word in enumerate(words):
                uses = self._inside if start <= at < end else self._outside
                uses[party_words.folded(word.key)].add(line.bank)

    def table(self, words: Iterable[str] | None = None, but: str = "") -> dict[str, str]:
        """The usage of these words, or of all, in all forms but one: a line tells nothing about itself."""
        return {
            word: party_words.usage(
                len(self._outside.get(word, set()) - {but}), len(self._inside.get(word, set()) - {but})
            )
            for word in (self._outside.keys() | self._inside.keys() if words is None else words)
        }


def run_of(words: Sequence[party_words.Word], span: Span | None) -> Span | None:
    """The words of a run of characters."""
    if span is None:
        return None
    inside = [at for at, word in enumerate(words) if word.end > span[0] and word.start < span[1]]
    return (inside[0], inside[-1] + 1) if inside else None


def example(line: Line, usages: Usages) -> Example:
    """The marks of a line."""
    plain = {party_words.folded(word.key) for word in party_words.words_of(line.text, {})}
    words = party_words.words_of(line.text, usages.table(plain, but=line.bank))
    groups = party_words.groups_of(words, line.column, line.labels)
    marks = [[place for group in of_word for place in party_words.places(group)] for of_word in groups]
    return marks, run_of(words, line.span)


def varied(lines: Sequence[Line], chance: random.Random) -> list[Line]:
    """The lines, then copies of them with other names, and some of the names alone: a form counts, not who is in it."""
    names = [line.text[line.span[0] : line.span[1]] for line in lines if line.span]
    copies = [
        swapped(line, chance.choice(names), chance.choice(names))
        for _ in range(COPIES)
        for line in lines
        if line.span or _OWN.search(line.text)
    ]
    alone = dict.fromkeys(line.vendor for line in lines if line.span and line.vendor)
    bare = [
        Line(name, name, TEXT if number % 3 else PAYEE, (), (0, len(name)), name)
        for number, name in enumerate(alone)
        if number % 3 < 2
    ]
    return [*lines, *bare, *copies]


def swapped(line: Line, name: str, own: str) -> Line:
    """The line with another name in the place of its own, and another company as the account's."""
    if line.span is None:
        return replace(line, text=_OWN.sub(lambda match: _like(own, match[0]), line.text))
    start, end = line.span
    new = _like(name, line.text[start:end])
    before, behind = (
        _OWN.sub(lambda match: _like(own, match[0]), part) for part in (line.text[:start], line.text[end:])
    )
    return replace(line, text=before + new + behind, span=(len(before), len(before + new)))


def _like(name: str, old: str) -> str:
    """A name in capitals and cut, as the old one is."""
    new = name.upper() if old.isupper() else name
    return new[: max(len(old), 8)].rstrip() if len(new) > 2 * len(old) + 6 else new


class Trainer:
    """Weights that learn from one example after the other."""

    def __init__(self) -> None:
        self.weights = [[0.0] * PLACES for _ in PARTS]
        self._slopes = [[EASE] * PLACES for _ in PARTS]

    def learn(self, marks: list[list[int]], run: Span | None) -> None:
        """Make the right run likelier."""
        for at, (places, odds) in enumerate(zip(marks, self._odds(marks), strict=True)):
            if run is None or at < run[0]:
                right = BEFORE
            else:
                right = FIRST if at == run[0] else INNER if at < run[1] else AFTER
            for part in PARTS:
                missing = (part == right) - odds[part]
                if abs(missing) < SETTLED:
                    continue
                weights, slopes = self.weights[part], self._slopes[part]
                square, step = missing * missing, RATE * missing
                for place in places:
                    slopes[place] += square
                    weights[place] += step / math.sqrt(slopes[place])

    def _odds(self, marks: list[list[int]]) -> list[Scores]:
        """How likely each word, and the text's end, is each part."""
        scores = [[sum(map(part.__getitem__, places)) for part in self.weights] for places in marks]
        none, behind = sum(score[BEFORE] for score in scores), sum(score[AFTER] for score in scores)
        before = inner = after = 0.0
        starts, ends = [], []
        for score in scores[:-1]:
            inner += score[INNER]
            starts.append(before + score[FIRST] - inner)
            before += score[BEFORE]
            after += score[AFTER]
            ends.append(inner + behind - after)
        if not starts:
            return [(1.0, 0.0, 0.0, 0.0)]
        top_start, top_end = max(starts), max(ends)
        begins = [math.exp(start - top_start) for start in starts]
        stops = [math.exp(end - top_end) for end in ends]
        begun = [0.0]
        for value in begins:
            begun.append(begun[-1] + value)
        left = [0.0]
        for value in reversed(stops):
            left.append(left[-1] + value)
        left.reverse()
        some = sum(value * left[at] for at, value in enumerate(begins))
        difference = none - (top_start + top_end + math.log(some)) if some else 50.0
        named = 1 / (1 + math.exp(min(difference, 50.0)))
        scale = named / some if some else 0.0
        odds, started, ended = [], 0.0, 0.0
        for at in range(len(marks)):
            is_word = at < len(begins)
            first = begins[at] * left[at] * scale if is_word else 0.0
            started += first
            odds.append((1 - started, first, started - first - ended, ended))
            ended += stops[at] * begun[at + 1] * scale if is_word else 0.0
        return odds


def train(lines: Sequence[Line]) -> party_tagger.Weights:
    """The weights that find the names of these lines; the same lines give the same weights."""
    usages = Usages(lines)
    sums = [[0.0] * PLACES for _ in PARTS]
    with ProcessPoolExecutor() as workers:
        for trained in workers.map(partial(_trained, lines, usages), range(TRAINERS)):
            sums = [
                [total + weight / KEPT / TRAINERS for total, weight in zip(part, weights, strict=True)]
                for part, weights in zip(sums, trained, strict=True)
            ]
    return party_tagger.Weights(tuple(sums), usages.table(), trace(lines))


def _trained(lines: Sequence[Line], usages: Usages, seed: int) -> list[list[float]]:
    """The sums of the weights of one trainer after its last rounds."""
    chance = random.Random(seed)
    examples = [example(line, usages) for line in varied(lines, chance)]
    trainer = Trainer()
    sums = [[0.0] * PLACES for _ in PARTS]
    order = list(range(len(examples)))
    for number in range(ROUNDS):
        chance.shuffle(order)
        for place in order:
            trainer.learn(*examples[place])
        if number >= ROUNDS - KEPT:
            sums = [list(map(operator.add, *parts)) for parts in zip(sums, trainer.weights, strict=True)]
    return sums


def trace(lines: Sequence[Line]) -> int:
    """A number that shows which lines are learnt, and how: of the texts, and of what the first of them teach."""
    usages, trainer = Usages(lines), Trainer()
    for line in varied(lines, random.Random(0))[:: len(lines) // TRACED]:
        trainer.learn(*example(line, usages))
    rounded = [round(weight, 3) for part in trainer.weights for weight in part if weight]
    return zlib.crc32(f"{lines} {rounded}".encode())


def is_right(ours: str | None, row: Json) -> bool:
    """Whether a vendor is the right one: as the writer wrote the name, or as the bank cut it."""
    if row["span"] is None:
        return ours is None
    supplier = brand(row["vendor"])
    return any(
        _same(ours, right, {}) for right in (row["vendor"], supplier, vendors.named(row["span"])) if right
    )


def report(rows: Sequence[Json], weights: party_tagger.Weights) -> str:
    """How many vendors are right, and the two kinds of errors: a name for nobody, and none for a vendor."""
    counts: Counter[str] = Counter()
    find = partial(party_tagger.run_by, weights)
    for row in rows:
        labels = (row["kind"],) if row["kind"] else ()
        ours = vendors.of(row["payee"] or "", row["text"], labels=labels, find=find)
        is_named = row["span"] is not None
        counts["right"] += is_right(ours, row)
        counts["named"] += is_named
        counts["name for nobody"] += not is_named and ours is not None
        counts["no name"] += is_named and ours is None
        counts["as written"] += is_right(ours, row) and _same(ours, row["vendor"], {})
    nobody = len(rows) - counts["named"]
    return (
        f"{counts['right']} of {len(rows)} right ({100 * counts['right'] / len(rows):.1f} %),"
        f" {counts['as written']} as the writer wrote them; a name for {counts['name for nobody']} of {nobody} lines of"
        f" nobody, none for {counts['no name']} of {counts['named']} others"
    )


def main() -> int:
    """Make the weights, or print what they are worth."""
    parser = argparse.ArgumentParser(prog="python -m tests.party_tagger", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="leave one writer out after the other; keep the file"
    )
    parser.add_argument(
        "--lines", type=Path, metavar="FILE", help="print how many vendors of these lines are found"
    )
    options = parser.parse_args()
    if options.lines:
        print(report(rows_of(options.lines), party_tagger.shipped()))
    elif options.check:
        for writer in WRITERS:
            rows = rows_of(FOLDER / f"{writer}.jsonl")
            print(writer, report(rows, train(learnt(without=writer))), flush=True)
    else:
        party_tagger.FILE.write_bytes(party_tagger.stored(train(learnt())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
