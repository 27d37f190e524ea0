"""The store of secrets: in the keyring where one can be used, else in a file of mode 0600, and found again in both."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import keyring
import pytest

from execops.errors import InvalidInputError, UnavailableError
from execops.settings import Secret, secrets_store
from tests.keyrings import FileKeyring

HIDDEN = "execops_never_shown"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A usable keyring; the file in which it keeps its secrets."""
    file = tmp_path / "keyring.json"
    monkeypatch.setenv("TEST_KEYRING", str(file))
    monkeypatch.setattr(keyring, "get_keyring", FileKeyring)
    return file


def test_a_secret_lies_in_the_keyring_and_in_no_file(kept: Path, tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    assert secrets_store.put(home, "token:https://ops.example", HIDDEN) == "test keyring"
    assert secrets_store.get(home, "token:https://ops.example") == Secret(HIDDEN)
    assert HIDDEN in kept.read_text()
    assert not home.exists()
    assert secrets_store.get(other, "token:https://ops.example") is None  # each home has its own
    assert secrets_store.forget(home, "token:https://ops.example")
    assert not secrets_store.forget(home, "token:https://ops.example")
    assert HIDDEN not in kept.read_text()


@pytest.mark.parametrize("without", ["the package", "a keyring"])
def test_without_a_keyring_a_private_file_keeps_it(
    without: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if without == "the package":
        monkeypatch.setitem(sys.modules, "keyring", None)
    file = tmp_path / "home" / secrets_store.FILE
    assert secrets_store.put(file.parent, "a", HIDDEN) == str(file)
    assert secrets_store.put(file.parent, "b", "2") == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secrets_store.get(file.parent, "a") == Secret(HIDDEN)
    assert secrets_store.forget(file.parent, "a")
    assert not secrets_store.forget(file.parent, "a")
    assert secrets_store.get(file.parent, "a") is None
    assert secrets_store.get(file.parent, "b") == Secret("2")
    assert HIDDEN not in file.read_text()


@pytest.mark.parametrize("state", ["locked", "silent"])
def test_a_keyring_that_does_not_answer_is_told_and_the_file_takes_its_place(
    state: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secrets_store.put(tmp_path, "a", "first") == "test keyring"
    monkeypatch.setenv("TEST_KEYRING_STATE", state)
    monkeypatch.setattr(secrets_store, "_TIMEOUT", 0.1 if state == "silent" else 60)
    for act in (secrets_store.get, secrets_store.forget):
        with pytest.raises(UnavailableError, match="cannot be used now") as refused:
            act(tmp_path, "a")
        assert refused.value.hint == "Unlock it, and run the command again."
    assert secrets_store.put(tmp_path, "a", "second") == str(tmp_path / secrets_store.FILE)
    assert secrets_store.get(tmp_path, "a") == Secret("second")  # the newer one
    monkeypatch.delenv("TEST_KEYRING_STATE")
    assert secrets_store.put(tmp_path, "a", "third") == "test keyring"
    assert secrets_store.get(tmp_path, "a") == Secret("third")
    assert "second" not in (tmp_path / secrets_store.FILE).read_text()


def test_a_backend_that_keeps_plain_text_is_no_keyring(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileKeyring, "priority", 0.5)
    assert secrets_store.put(tmp_path, "a", HIDDEN) == str(tmp_path / secrets_store.FILE)
    assert not kept.exists()


@pytest.mark.parametrize("text", ['{"a": ', "[1]", "7", "\udcff"])
def test_a_broken_file_is_left_alone_and_shows_nothing(text: str, tmp_path: Path) -> None:
    file = tmp_path / secrets_store.FILE
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    before = file.read_bytes()
    for act in (
        lambda: secrets_store.put(tmp_path, "b", HIDDEN),
        lambda: secrets_store.get(tmp_path, "a"),
        lambda: secrets_store.forget(tmp_path, "a"),
    ):
        with pytest.raises(InvalidInputError, match=r"secrets\.json cannot be read; nothing was changed"):
            act()
    assert file.read_bytes() == before
