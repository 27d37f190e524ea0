"""Keys from the config file reach the bindings, by their ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.binding import Binding

from execops.client import Client
from execops.context import Context
from execops.errors import InvalidInputError
from execops.settings import load_settings
from execops.settings.keymap import load_keys
from tests.tui.inbox import opened, propose
from tui import keys
from tui.key import Key
from tui.screens import bulk, confirm, edit, event, inbox, reader, reject, suppressions
from tui.screens.help import HelpScreen
from tui.screens.reject import RejectScreen
from tui.widgets import (
    answer_table,
    canvas_pane,
    card_body,
    choices,
    inbox_pane,
    panes,
    proposal_list,
    question_line,
)

ROOT = Path(__file__).parents[2]


def keymap(home: Path, text: str, is_key: Callable[[str], object] = str.strip) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(text)
    return load_keys(load_settings({"home": home}, {}), is_key)


def test_the_documented_keys_are_the_ones_there_are() -> None:
    text = (ROOT / "docs" / "inbox.md").read_text(encoding="utf-8")
    for group, members in keys.GROUPS.items():
        shown = "\n".join(map(documented, members))
        assert f"### {group}\n\n| key | id | what it does |\n|---|---|---|\n{shown}\n" in text
    assert len(re.findall(r"^\| `", text, re.MULTILINE)) == len(keys.IDS)


def documented(key: Key) -> str:
    """The key's line in the table of docs/inbox.md."""
    pressed = ", ".join(f"`{name}`" for name in keys.names(key, {}))
    return f"| {pressed} | `{key.id}` | {key.about} |"


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert load_keys(load_settings({"home": tmp_path}, {})) == {}


def test_ids_are_read_quoted_or_not_and_keys_as_text_or_list(tmp_path: Path) -> None:
    text = '[keys]\n"inbox.approve" = "ctrl+y"\nmove.down = ["n", "down"]\ninbox.reject = "d,x"\n'
    assert keymap(tmp_path, text) == {
        "inbox.approve": "ctrl+y",
        "move.down": "n,down",
        "inbox.reject": "d,x",
    }


@pytest.mark.parametrize("text", ["keys = 3", "[keys]\na = 3", '[keys]\na = ""', '[keys]\na = ["b", 1]'])
def test_what_names_no_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError, match="key"):
        keymap(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[keys]\n"inbox.reject" = "not a key"\n', 2),
        ('[keys]\nmove.down = "n"\n\ninbox.reject = ["d", "not a key"]\n', 4),
        ('[keys]\nmove.down = "n"\n[keys.inbox]\napprove = "a"\nreject = "d,not a key"\n', 5),
    ],
)
def test_a_value_that_is_not_a_key_is_refused_with_its_file_and_line(
    tmp_path: Path, text: str, line: int
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        keymap(tmp_path, text, keys.is_key)
    assert refused.value.message == (
        f"{tmp_path / 'config.toml'}:{line}: [keys] inbox.reject: 'not a key' is not a key."
    )


def test_names_of_keys() -> None:
    for name in ("a", "G", "?", "/", "é", "ctrl+r", "shift+f1", "f12", "pagedown", "question_mark", "alt+up"):
        assert keys.is_key(name), name
    for name in ("", " ", "not a key", "ctrl+", "hyperspace+a", "nokey", "ab", "\x1b"):
        assert not keys.is_key(name), name
    for group in keys.GROUPS.values():
        for key in group:
            assert all(keys.is_key(part) for part in key.keys.split(",")), key.id


async def test_a_key_of_the_config_works(ctx: Context, client: Client, tmp_path: Path) -> None:
    await propose(ctx)
    mapped = keymap(tmp_path, '[keys]\ninbox.reject = "d"\nmove.down = ["n", "down"]\n')
    async with opened(client, keymap=mapped) as shown:
        await shown.card()
        assert "d reject" in shown.lines()[-1]
        await shown.press("r")
        assert shown.app.screen is shown.screen
        await shown.press("d")
        assert isinstance(shown.app.screen, RejectScreen)


async def test_hints_name_the_keys_as_they_are_mapped(ctx: Context, client: Client) -> None:
    await propose(ctx)
    mapped = {
        "inbox.mark": "m",
        "inbox.undo": "ctrl+b",
        "confirm.yes": "Y",
        "confirm.no": "N,escape",
        "reject.never": "ctrl+l",
        "edit.save": "f2",
    }
    async with opened(client, keymap=mapped) as shown:
        await shown.card()
        await shown.press("A")
        await shown.heard("Nothing is marked: m marks.")
        await shown.press("r")
        await shown.until(lambda: "ctrl+l never again" in shown.text())
        await shown.press("escape", "E")
        await shown.until(lambda: "f2 saves" in shown.text())
        await shown.press("escape", "m", "A")
        await shown.until(lambda: "N  Keep them" in shown.text() and "Y  Approve them" in shown.text())
        await shown.press("Y")
        await shown.until(lambda: "ctrl+b undo" in shown.lines()[-1])


async def test_a_key_given_to_something_else_is_told(client: Client) -> None:
    async with opened(client, keymap={"inbox.approve": "r"}) as shown:
        await shown.heard("The config gives one key to several: r (approve, reject)")


def test_every_binding_of_the_inbox_has_an_id_and_no_two_share_one_or_a_key() -> None:
    screens = (inbox.InboxScreen, bulk.BulkScreen, confirm.ConfirmScreen, edit.EditScreen, reject.RejectScreen,
               reader.ReaderScreen, suppressions.SuppressionsScreen, event.EventScreen, HelpScreen)  # fmt: skip
    seen: dict[str, str] = {}
    canvas = (
        panes.Panes,
        inbox_pane.InboxPane,
        canvas_pane.CanvasPane,
        question_line.QuestionLine,
        choices.Choices,
        answer_table.AnswerTable,
    )
    for owner in (*screens, *canvas, proposal_list.ProposalList, card_body.CardBody):
        own = [each for each in owner.__dict__["BINDINGS"] if isinstance(each, Binding)]
        assert all(each.id for each in own), owner
        pressed = [key for each in own for key in each.key.split(",")]
        assert len(pressed) == len(set(pressed)), owner
        for each in own:
            assert each.id is not None
            assert seen.setdefault(each.id, each.action) == each.action
    assert keys.clashes({}) == []
    assert set(keys.IDS) - set(seen) == {"app.palette", "app.quit", "app.interrupt", "app.suspend"}


def test_a_line_of_the_help_fits_80_columns() -> None:
    for key in (each for group in keys.GROUPS.values() for each in group):
        assert len(" ".join(keys.names(key, {}))) <= 12, key.id
        assert len(key.about) <= 43, key.id
        assert len(key.id) <= 17, key.id
