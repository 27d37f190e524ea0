"""The config file: a setting is written where a person would write it, and nothing else changes."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.adapters.outbox import outbox_folder
from execops.errors import InvalidInputError, UnavailableError
from execops.settings import config_file, private_files

NAME = "gmail_refresh_token"
VALUE = "1//03-new\"\\'#\u00e9"
LINE = 'gmail_refresh_token = "1//03-new\\"\\\\\'#\\u00e9"'
CASES = {
    "no file": (None, f"{LINE}\n"),
    "an empty file": ("", f"{LINE}\n"),
    "after the last setting": ("port = 1\n", f"port = 1\n{LINE}\n"),
    "no newline at the end": ("port = 1", f"port = 1\n{LINE}\n"),
    "lines of Windows": ("port = 1\r\n", f"port = 1\r\n{LINE}\r\n"),
    "before the first table": ("port = 1\n\n[keys]\na = 1\n", f"port = 1\n{LINE}\n\n[keys]\na = 1\n"),
    "only a table": ("[keys]\na = 1\n", f"{LINE}\n[keys]\na = 1\n"),
    "comments": ("# one\nport = 1  # two\n# three\n", f"# one\nport = 1  # two\n# three\n{LINE}\n"),
    "in place of the old one": (f"a = 1\n{NAME} = \"old\"\nb = 2\n", f"a = 1\n{LINE}\nb = 2\n"),
    "its comment stays": (f"{NAME} = 'old' # mine\n[keys]\n", f"{LINE} # mine\n[keys]\n"),
    "quoted and indented": (f'  "{NAME}"  =  ""\n', f'  "{NAME}"  =  {LINE.partition(" = ")[2]}\n'),
    "lines of Windows, in place": (f'{NAME} = "old"\r\nport = 1\r\n', f"{LINE}\r\nport = 1\r\n"),
    "a list that looks like a table": (
        'l = [\n  [1],\n[2],\n]\n\n[keys]\n[other]\n',
        f"l = [\n  [1],\n[2],\n]\n{LINE}\n\n[keys]\n[other]\n",
    ),
    "a text that looks like a setting": (
        f'text = """\n{NAME} = "x"\n"""\n',
        None,
    ),
    "a table of that name": (f"[other]\n{NAME} = \"x\"\n", None),
    "a text of several lines": (f'{NAME} = """\nold"""\n', None),
    "no text": (f"{NAME} = 1\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_setting_is_stored_and_all_else_stays(name: str, tmp_path: Path) -> None:
    before, after = CASES[name]
    path = tmp_path / "home" / "config.toml"
    if before is not None:
        path.parent.mkdir()
        path.write_bytes(before.encode())
    if after is None:
        with pytest.raises(InvalidInputError, match="so it was left as it is"):
            config_file.store(path, NAME, VALUE)
        assert path.read_bytes() == (before or "").encode()
        return
    config_file.store(path, NAME, VALUE)
    assert path.read_bytes() == after.encode()
    assert tomllib.loads(path.read_text())[NAME] == VALUE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


@given(
    st.text(st.sampled_from("a=[]\"'#\n \\1_.")) | st.text(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_whatever_the_file_says_nothing_else_changes(text: str, value: str) -> None:
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    stored = [
        new
        for new in config_file._candidates(text, NAME, value)
        if config_file._holds(new, before | {NAME: value})
    ]
    for new in stored[:1]:
        assert tomllib.loads(new) == before | {NAME: value}
        assert [line for line in text.splitlines() if line not in new.splitlines() and NAME not in line] == []


@pytest.mark.parametrize("content", [b"port = \n", b"\xff\xfe", b'token = "secret9\n'])
def test_a_file_that_cannot_be_read_is_left_alone(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    for act in (config_file.require_writable, lambda file: config_file.store(file, NAME, "x")):
        with pytest.raises(
            InvalidInputError, match=r"config\.toml cannot be read; nothing was changed"
        ) as refused:
            act(path)
        assert "secret9" not in f"{refused.value.message}{refused.value.hint}"
    assert path.read_bytes() == content


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "execops.toml"
    target.parent.mkdir()
    target.write_text("port = 1\n")
    path = tmp_path / "config.toml"
    path.symlink_to(target)
    config_file.store(path, NAME, "x")
    assert path.is_symlink()
    assert tomllib.loads(target.read_text()) == {"port": 1, NAME: "x"}


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_breaks_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("port = 1\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", fail) if broken == "fsync" else (Path, "replace", fail)))
    with pytest.raises(UnavailableError, match="No space left on device; it is as it was"):
        config_file.store(path, NAME, "x")
    assert path.read_text() == "port = 1\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]


def _refused(**_: object) -> None:
    raise PermissionError


def test_a_folder_that_cannot_be_written_is_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config_file.require_writable(tmp_path / "new" / "config.toml")
    monkeypatch.setattr(config_file, "TemporaryFile", _refused)  # root may write everywhere
    with pytest.raises(UnavailableError, match="cannot be written"):
        config_file.require_writable(tmp_path / "new" / "config.toml")


def test_a_secret_is_never_readable_by_others_not_even_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(0o644)
    modes = []
    fsync = os.fsync

    def seen(handle: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    previous = os.umask(0)
    try:
        private_files.write(path, "token\n")
    finally:
        os.umask(previous)
    assert modes == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_a_folder_that_is_missing_is_made_for_its_user_alone(tmp_path: Path, umask: int) -> None:
    home = tmp_path / "share" / "execops"
    previous = os.umask(umask)
    try:
        config_file.store(home / config_file.NAME, "company_name", "Example")
        outbox_folder.deliver(home / "outbox" / "slack", "key-1", b"Hello", digest="d")
    finally:
        os.umask(previous)
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    assert {path.name for path in folders} == {"execops", "outbox", "slack", "tmp", "new", "cur"}
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folders} == dict.fromkeys(
        [path.name for path in folders], "0o700"
    )


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    private_files.write(tmp_path / "token", "token\n")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
