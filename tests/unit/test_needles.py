"""No pattern of the word lists is skipped where it fits, and the file of needles is in step with the lists."""

from __future__ import annotations

import json
import re

import pytest

from execops.canvas.ask import lexicon
from execops.text.patterns import Pattern
from tests import needles
from tests.questions import DATA, SETS


def test_the_files_are_in_step() -> None:
    for path, text in needles.written().items():
        assert path.read_text(encoding="utf-8") == text, "run python -m tests.needles"


def test_the_entries_are_read_as_they_are_written() -> None:
    for name, entries in needles.all_entries().items():
        assert lexicon.read(name) == entries


def test_every_question_that_a_pattern_fits_holds_one_of_its_needles() -> None:
    texts = [
        json.loads(line)["question"].lower()
        for name in SETS
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    fits = 0
    for pattern, strings in needles.all_needles().items():
        for text in filter(re.compile(pattern).search, texts):
            fits += 1
            assert any(needle in text for needle in strings), (pattern, text)
    assert fits > 1000


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        (r"\bas of (?:now|today)\b", {"as of "}),
        (r"(?:up|down)ward", {"ward"}),
        (r"(?:abc|de)f?", {"abc", "de"}),
        (r"(?:abc)?x", None),
        (r"\d+", None),
        (r"euros?|€|eur", {"euro", "€", "eur"}),
        (r"(?<=burn) rate", {"burn"}),
        (r"(?!burn)ab", {"ab"}),
    ],
)
def test_the_needles_of_a_pattern(pattern: str, strings: set[str] | None) -> None:
    assert needles.needles(pattern) == strings


def test_a_pattern_is_compiled_for_a_text_with_a_needle_alone() -> None:
    pattern = Pattern("(", ["burn"])  # it cannot be compiled
    assert pattern.search("refunds") is None
    assert pattern.sub("x", "refunds") == "refunds"
    with pytest.raises(re.error):
        pattern.search("burn")
