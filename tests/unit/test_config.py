"""`execops config`: what it stores, what it shows, and that a wrong value or a wrong text changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.commands import app
from execops.errors import InvalidInputError
from execops.settings import Secret, load_settings

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with nothing in it, which does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    """`execops config …` in that home; without a terminal."""

    def run(*words: str, stdin: str = "", **environment: str) -> Result:
        env = {"EXECOPS_HOME": str(home), "NO_COLOR": "1"} | environment
        return CliRunner().invoke(app, ["config", *words], input=stdin, env=env)

    return run


def test_a_new_file_changes_no_setting_and_only_its_owner_reads_it(run: Run, home: Path) -> None:
    assert run("path").stdout == f"{home}/config.toml\n"
    assert run("init").exit_code == 0
    assert load_settings({"home": home}, {}) == load_settings({"home": home / "none"}, {}).__class__(
        **{**vars(load_settings({"home": home / "none"}, {})), "home": home}
    )
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600
    before = (home / "config.toml").read_bytes()
    assert run("init").exit_code == 5
    assert (home / "config.toml").read_bytes() == before


def test_every_setting_of_the_template_can_be_uncommented(run: Run, home: Path) -> None:
    run("init")
    file = home / "config.toml"
    lines = file.read_text().splitlines()
    used = [line.removeprefix("# ") for line in lines if " = " in line and not line.endswith('""')]
    file.write_text("\n".join(used))
    assert len(used) > 20
    assert run("list", "--json").exit_code == 0
    assert load_settings({"home": home}, {}).time_zone == "UTC"


def test_a_value_is_stored_and_shown_with_its_origin(run: Run, home: Path) -> None:
    for name, value in (
        ("time_zone", "Europe/Berlin"),
        ("EXECOPS_RATES", "EUR=1.08 JPY=0.0065"),
        ("bell", "off"),
    ):
        stored = run("set", name, value)
        assert stored.exit_code == 0, stored.output
        assert run("get", name).stdout == f"{value}\n"
    assert run("set", "signer", "-", stdin="Anna “A” Berg\n").exit_code == 0
    assert load_settings({"home": home}, {}).signer == "Anna “A” Berg"
    shown = {row["name"]: row for row in json.loads(run("list", "--json", EXECOPS_SIGNER="B").stdout)}
    assert (shown["time_zone"]["value"], shown["time_zone"]["from"]) == ("Europe/Berlin", "config.toml")
    assert (shown["signer"]["value"], shown["signer"]["from"]) == ("B", "EXECOPS_SIGNER")
    assert shown["undo_window"]["from"] == "default"
    wins = run("set", "signer", "C", EXECOPS_SIGNER="B")
    assert "unset EXECOPS_SIGNER" in wins.stderr


def test_a_secret_comes_from_stdin_and_is_never_shown(run: Run, home: Path) -> None:
    refused = run("set", "stripe_api_key", "rk_live_1")
    assert refused.exit_code == 2
    assert not home.exists()
    assert run("set", "stripe_api_key", "-", stdin="rk_live_1\n").exit_code == 0
    assert load_settings({"home": home}, {}).stripe_api_key is not None
    assert run("get", "stripe_api_key").stdout == "(set)\n"
    for words in (["list"], ["list", "--json"], ["get", "stripe_api_key", "--json"]):
        assert "rk_live_1" not in run(*words).output


def test_a_secret_goes_into_the_keyring_where_there_is_one(
    run: Run, home: Path, usable_keyring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = run("set", "stripe_webhook_secrets", "-", stdin="whsec_1,whsec_2\n")
    assert (stored.exit_code, stored.stderr) == (0, "Kept in the test keyring: stripe_webhook_secrets\n")
    assert run("set", "signer", "Anna").stderr.startswith(f"Stored in {home}/config.toml")
    text = 'stripe_webhook_secrets = "@keyring"\nsigner = "Anna"\n'
    assert (home / "config.toml").read_text() == text
    both = (Secret("whsec_1"), Secret("whsec_2"))
    assert load_settings({"home": home}, {}).stripe_webhook_secrets == both
    rows = {row["name"]: row for row in json.loads(run("list", "--json").stdout)}
    assert (rows["stripe_webhook_secrets"]["value"], rows["stripe_webhook_secrets"]["from"]) == (
        "(set)",
        "keyring",
    )
    edited = run("edit", EDITOR="true")
    assert (edited.exit_code, "was left as it is" in edited.stderr) == (0, True)
    # A flag and the environment win, and then the keyring is not asked: a container has none.
    monkeypatch.setenv("TEST_KEYRING_STATE", "locked")
    for flags, variables in (
        ({"stripe_webhook_secrets": "whsec_3"}, {}),
        ({}, {"STRIPE_WEBHOOK_SECRET": "whsec_3"}),
    ):
        settings = load_settings({"home": home, **flags}, variables)
        assert settings.stripe_webhook_secrets == (Secret("whsec_3"),)
    with pytest.raises(InvalidInputError, match="cannot be used now") as locked:
        load_settings({"home": home}, {})
    assert "config set stripe_webhook_secrets -" in (locked.value.hint or "")
    shown = run("get", "stripe_webhook_secrets")  # it is not unset
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "cannot be used now" in shown.stderr
    again = run("set", "stripe_webhook_secrets", "-", stdin="whsec_4\n")  # the file takes its place
    assert again.exit_code == 0
    assert again.stderr.startswith(f"Stored in {home}/config.toml")
    assert load_settings({"home": home}, {}).stripe_webhook_secrets == (Secret("whsec_4"),)


def test_a_secret_that_the_keyring_lost_is_told_and_asked_for_anew(
    run: Run, home: Path, usable_keyring: Path
) -> None:
    assert run("set", "token", "-", stdin="execops_1\n").exit_code == 0
    usable_keyring.unlink()
    with pytest.raises(InvalidInputError, match="says that token lies in the keyring, and it is not there"):
        load_settings({"home": home}, {})
    shown = run("get", "token")
    assert (shown.exit_code, shown.stdout, "it is not there" in shown.stderr) == (2, "", True)
    assert run("set", "token", "-", stdin="execops_2\n").exit_code == 0
    assert load_settings({"home": home}, {}).token == Secret("execops_2")


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["set", "time_zone", "Mars/One"], 2, "It takes a time zone"),
        (["set", "timezone", "UTC"], 3, "Did you mean time_zone?"),
        (["set", "home", "/elsewhere"], 2, "EXECOPS_HOME"),
        (["set", "undo_window"], 2, "execops config set undo_window VALUE"),
        (["set", "undo_window", ""], 2, "execops config set undo_window VALUE"),
        (["get", "nothing_like_it"], 3, "execops config list"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(
    run: Run, home: Path, words: list[str], code: int, hint: str
) -> None:
    refused = run(*words)
    assert refused.exit_code == code
    assert hint in refused.stderr
    assert not home.exists()


def test_a_wrong_value_in_the_file_can_be_mended_by_set(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('time_zone = "Mars/One"  # ours\nsigner = "A"\n')
    assert run("set", "time_zone", "Asia/Tokyo").exit_code == 0
    assert (home / "config.toml").read_text() == 'time_zone = "Asia/Tokyo"  # ours\nsigner = "A"\n'


def test_an_edit_that_is_no_settings_is_kept_beside(run: Run, home: Path, tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text("import pathlib, sys\npathlib.Path(sys.argv[2]).write_text(sys.argv[1])")

    def edit(text: str) -> Result:
        return run("edit", EDITOR=f"{sys.executable} {editor} '{text}'", VISUAL="")

    assert edit('signer = "A"').exit_code == 0
    assert run("get", "signer").stdout == "A\n"
    for text in ('bell = "loud"', "signer =", 'singer = "B"'):
        refused = edit(text)
        assert refused.exit_code == 2
        assert str(home / "config.toml") in refused.stderr
        assert (home / "config.toml").read_text() == 'signer = "A"'
        assert (home / "config.toml.edited").read_text() == text
        assert (home / "config.toml.edited").stat().st_mode & 0o777 == 0o600


UNUSABLE = {
    "smtp_url": ["mail.example.com:587", "http://u:hunter2@h", "smtp://u:hunter2@h:99999", "smtp://"],
    "imap_url": ["mail.example.com", "imaps://h"],
    "database_url": ["db.example.com/execops", "mysql://u:hunter2@h/d", "postgresql://u:hunt@er2@h:x/d"],
    "session_database_url": ["db.example.com/execops"],
    "canvas_database_url": ["db.example.com/execops"],
    "url": [
        "https://",
        "ftp://ops.example.com",
        "http://ops.example.com",
        "https://u:hunter2@h",
        "https://h:x",
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in UNUSABLE for value in UNUSABLE[name]])
def test_an_address_that_nobody_could_use_is_not_stored(run: Run, home: Path, name: str, value: str) -> None:
    refused = run("set", name, "-", stdin=f"{value}\n")
    assert refused.exit_code == 2
    assert f"{name} was not stored: the value is not usable." in refused.stderr
    assert "hunt" not in refused.output
    assert not (home / "config.toml").exists()


USABLE = {
    "smtp_url": "smtp://billing%40example.com:hunter2@mail.example.com:587",
    "imap_url": "imaps://billing%40example.com:hunter2@mail.example.com/Sent%20Items",
    "database_url": "postgresql://execops_app:hunter2@db-a:5432,db-b:5432/execops?target_session_attrs=read-write",
    "canvas_database_url": "host=/var/run/postgresql dbname=execops",
    "url": "ops.example.com",
}


@pytest.mark.parametrize("name", USABLE)
def test_an_address_that_can_be_used_is_stored(run: Run, home: Path, name: str) -> None:
    assert run("set", name, "-", stdin=f"{USABLE[name]}\n").exit_code == 0
    assert json.dumps(USABLE[name]) in (home / "config.toml").read_text()


def test_a_setting_is_taken_out_and_its_default_holds_again(run: Run, home: Path) -> None:
    home.mkdir()
    file = home / "config.toml"
    file.write_text('# mine\nport = 1  # odd\nsigner = "Anna"\n\n[keys]\nport = "x"\n')
    assert run("unset", "EXECOPS_PORT").exit_code == 0
    assert file.read_text() == '# mine\nsigner = "Anna"\n\n[keys]\nport = "x"\n'
    assert load_settings({"home": home}, {}).port == 8787
    again = run("unset", "port")
    assert (again.exit_code, "nothing was changed" in again.stderr) == (0, True)
    assert "unset EXECOPS_SIGNER" in run("unset", "signer", EXECOPS_SIGNER="B").stderr
    assert run("unset", "prt").exit_code == 3
    empty = run("set", "port", "")
    assert (empty.exit_code, "execops config unset port" in empty.stderr) == (2, True)


def test_what_only_a_person_should_change_is_left_as_it_is(run: Run, home: Path) -> None:
    home.mkdir()
    file = home / "config.toml"
    text = 'company_name = """\nExample\n"""\n'
    file.write_text(text)
    assert run("unset", "company_name").exit_code == 2
    assert file.read_text() == text


def test_a_secret_leaves_the_keyring_too(run: Run, home: Path, usable_keyring: Path) -> None:
    run("set", "stripe_api_key", "-", stdin="rk_live_1\n")
    assert "rk_live_1" in usable_keyring.read_text()
    assert run("unset", "stripe_api_key").exit_code == 0
    assert "rk_live_1" not in usable_keyring.read_text()
    assert (home / "config.toml").read_text() == ""
    assert load_settings({"home": home}, {}).stripe_api_key is None
