"""The inboxes of one process share their parsed style sheets, which Textual parses anew for each app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


@pytest.fixture(scope="session", autouse=True)
def _parse_each_style_sheet_once() -> Iterator[None]:
    parse = Stylesheet._parse_rules
    parsed: dict[Any, list[RuleSet]] = {}

    def parse_once(self: Stylesheet, *text: Any, **place: Any) -> list[RuleSet]:
        key = (text, *(frozenset(names.items()) for names in (place, self._variables)))
        if key not in parsed:
            parsed[key] = parse(self, *text, **place)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield
