"""Settings: a flag wins over a file, an error names the wrong value's origin, and no secret is ever shown."""

from __future__ import annotations

import json
import logging
import pickle
import re
from inspect import get_annotations
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict, replace

from execops.errors import InvalidInputError, NotConfiguredError
from execops.settings import Secret, Settings, default_home, load_settings
from execops.settings.send_hours import SendHours

ROOT = Path(__file__).parents[2]
HIDDEN = "whsec_never_shown"

BY_NAME = Settings.SETTINGS
Value = tuple[str, Any]
# Three values for each kind of field: the text of a flag or a variable, and the value that the field keeps.
KINDS: dict[str, tuple[Value, Value, Value]] = {
    "str": (("Ä & Co", "Ä & Co"), ("::1", "::1"), ("a@b.example", "a@b.example")),
    "Secret": (("one", Secret("one")), ("two", Secret("two")), ("three", Secret("three"))),
    "Secret.many": (
        ("a,b", (Secret("a"), Secret("b"))),
        (" c , ,d ", (Secret("c"), Secret("d"))),
        ("e", (Secret("e"),)),
    ),
    "port": (("0", 0), ("80", 80), ("65535", 65535)),
    "seconds": (("0", 0.0), ("2.5", 2.5), ("3600", 3600.0)),
    "repository": (("example/app", "example/app"), ("a-b/c.d_e", "a-b/c.d_e"), ("A/b", "A/b")),
    "share": (("0.5", 0.5), (".25", 0.25), ("0.9", 0.9)),
    "duration": (("30m", 1800.0), ("2h", 7200.0), ("1d", 86400.0)),
    "parse": (
        ("8-18", SendHours(frozenset(range(7)), 480, 1080)),
        ("Mon-Fri 8:30-17", SendHours(frozenset(range(5)), 510, 1020)),
        ("Sat-Sun 0-24", SendHours(frozenset({5, 6}), 0, 1440)),
    ),
    "wait": (("0.5", 0.5), ("30", 30.0), ("3600", 3600.0)),
    "positive": (("1", 1), ("7", 7), ("30", 30)),
    "month": (("1", 1), ("4", 4), ("12", 12)),
    "whole": (("0", 0), ("24", 24), ("72", 72)),
    "zone": (("Europe/Berlin", "Europe/Berlin"), ("Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC")),
    "slas": (
        ("Pro=2h", (("Pro", 7200.0),)),
        ("A - b = 30m; C=1d", (("A - b", 1800.0), ("C", 86400.0))),
        ("x=y=5m;", (("x=y", 300.0),)),
    ),
    "currency": (("eur", "EUR"), ("JPY", "JPY"), ("usd", "USD")),
    "parse_rates": (
        ("EUR=1.08 JPY=0.0065", (("EUR", "1.08"), ("JPY", "0.0065"))),
        ("  gbp=1  ", (("GBP", "1"),)),
        ("KWD=3.25\tEUR=1", (("KWD", "3.25"), ("EUR", "1"))),
    ),
    "model": (("a:b", "a:b"), ("c:d/e", "c:d/e"), ("f:g:h", "f:g:h")),
    "account": (("acct_1A", "acct_1A"), ("acct_2", "acct_2"), ("acct_3", "acct_3")),
    "base_url": (
        ("http://a", "http://a"),
        ("https://b/v1", "https://b/v1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ),
    "one_address": (
        ("a@b.example", "a@b.example"),
        (" c@d.example ", "c@d.example"),
        ("e@localhost", "e@localhost"),
    ),
    "one_mailbox": (
        ("a@b.example", "a@b.example"),
        ("Billing at Example <billing@example.com>", "Billing at Example <billing@example.com>"),
        ("Zoë & Søn <z@d.example>", "Zoë & Søn <z@d.example>"),
    ),
    "languages": (("de", ("de",)), (" EN ,fr", ("en", "fr")), ("fr,en,fr", ("fr", "en"))),
    "sources": (("stripe", ("stripe",)), (" stripe ,", ("stripe",)), ("stripe,stripe", ("stripe",))),
    "several.<locals>.parse": (
        ("reminders", ("reminders",)),
        ("failed_payments, confirmations", ("failed_payments", "confirmations")),
        ("expiring_cards", ("expiring_cards",)),
    ),
    "portal_link": (
        ("https://billing.stripe.com/p/login/abc", "https://billing.stripe.com/p/login/abc"),
        ("https://pay.example/me?who={email}", "https://pay.example/me?who={email}"),
        ("https://pay.example:8443/{email}", "https://pay.example:8443/{email}"),
    ),
}


def kind(name: str) -> str:
    """The name of the function that parses this field's text."""
    parse = BY_NAME[name].parse
    return str(parse.__qualname__)


def values(name: str) -> tuple[Value, Value, Value]:
    """Three values that this field accepts. A choice names the values that it accepts in its error."""
    if not kind(name).startswith("choice"):
        return KINDS[kind(name)]
    with pytest.raises(ValueError, match="one of ") as raised:
        BY_NAME[name].parse("")
    allowed = str(raised.value).removeprefix("one of ").split(", ")
    one, two, three = ((value, value) for value in (allowed * 3)[:3])
    return one, two, three


# A value that a field refuses, and words of its error about the values that it accepts.
REFUSED = [
    ("stripe_mode", "sandbox", "one of live, test"),
    ("stripe_account", "Acme", "acct_…"),
    ("github_repository", "app", "owner/name"),
    ("suspend_below", "50%", "between 0 and 1"),
    ("suspend_below", "0.0", "between 0 and 1"),
    ("sources", "paypal", "some of"),
    ("sources", "bank", "some of"),
    ("slack_transport", "pigeon", "one of"),
    ("email_transport", "pigeon", "one of outbox, smtp, gmail"),
    ("smtp_timeout", "0", "seconds above 0, up to 3600"),
    ("slack_timeout", "0", "seconds above 0, up to 3600"),
    ("smtp_timeout", "soon", "seconds above 0, up to 3600"),
    ("send_hours", "18-8", "hours such as 8-18"),
    ("remind_after", "2", "a time such as 30m"),
    ("remind_after", "0m", "a time such as 30m"),
    ("remind_after", "15d", "up to 14d"),
    ("bell", "loud", "one of on, off"),
    ("languages", ",", "your own first"),
    ("languages", "en,tlh", "your own first"),
    ("fiscal_year_start", "13", "number from 1 to 12"),
    ("fiscal_year_start", "April", "number from 1 to 12"),
    ("port", "65536", "a port from 0 to 65535"),
    ("port", "-1", "a port from 0 to 65535"),
    ("port", "http", "a port from 0 to 65535"),
    ("undo_window", "soon", "seconds from 0 to 3600"),
    ("expiry_days", "1.5", "a whole number from 1"),
    ("cooldown_hours", "two", "a whole number from 0"),
    ("undo_window", "-0.1", "seconds from 0 to 3600"),
    ("undo_window", "3601", "seconds from 0 to 3600"),
    ("undo_window", "nan", "seconds from 0 to 3600"),
    ("undo_window", "inf", "seconds from 0 to 3600"),
    ("expiry_days", "0", "a whole number from 1"),
    ("cooldown_hours", "-1", "a whole number from 0"),
    ("high_amount", "0", "a whole number from 1"),
    ("worker_concurrency", "0", "a whole number from 1"),
    ("time_zone", "Mars/Olympus", "a time zone such as Europe/Berlin"),
    ("time_zone", "../../etc/passwd", "a time zone such as Europe/Berlin"),
    ("slas", "Pro", "names with a time"),
    ("slas", "Pro=soon", "a time such as 30m"),
    ("currency", "US", "a currency code such as USD"),
    ("currency", "ÄÖÜ", "a currency code such as USD"),
    *(
        ("rates", pair, "pairs such as EUR=1.08 JPY=0.0065")
        for pair in (
            "1.08",
            "EUR",
            "EUR=",
            "EUR=0",
            "EUR=0.00",
            "EUR=-1",
            "EUR=1,08",
            "EUR=1e3",
            "EUR=nan",
            "EURO=1",
        )
    ),
    ("rates", "EUR = 1.08", "not 'EUR'"),
    ("rates", "EUR=1.08,JPY=0.0065", "with spaces between them"),
    ("rates", "EUR=1.08 eur=1.09", "one rate for EUR, not two"),
    ("model", "gpt", "PROVIDER:MODEL"),
    ("model_base_url", "ftp://a", "an http or https URL"),
    ("model_base_url", "https://user:password@a", "without user and password"),
    ("finance_email", "books", "one mail address"),
    ("finance_email", "a@b.example,c@d.example", "one mail address"),
    ("account_owner_email", "Ada<ada@b.example>", "one mail address"),
    ("email_from", "billing", "one mail address"),
    ("email_from", "a@b.example,c@d.example", "one mail address"),
    ("email_reply_to", "Example,Inc.<a@b.example>", "one mail address"),
    ("customer_portal_url", "http://pay.example", "an https link"),
    ("customer_portal_url", "https://user@pay.example", "an https link"),
    ("customer_portal_url", "https://pay.example/{name}", "an https link"),
    ("customer_portal_url", "https://{email}.example", "an https link"),
    ("customer_portal_url", "https://billing.stripe.com/p/session/live_1", "take the login link"),
]


def write_config(home: Path, **values: str | int | float) -> Path:
    """Write a config file with these settings; numbers stay numbers."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "config.toml"
    lines = [
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        for name, value in values.items()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"home"}))
def test_a_flag_wins_over_the_environment_the_file_and_the_default(name: str, tmp_path: Path) -> None:
    env = BY_NAME[name].env
    (flag, by_flag), (variable, by_env), (text, by_file) = values(name)
    by_default = BY_NAME[name].default
    flags, environ = {"home": tmp_path}, {env: variable}
    assert getattr(load_settings(flags, {}), name) == by_default
    write_config(tmp_path, **{name: text})
    assert getattr(load_settings(flags, {}), name) == by_file
    assert getattr(load_settings(flags, environ), name) == by_env
    assert getattr(load_settings({**flags, name: flag}, environ), name) == by_flag


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"home"}))
def test_a_missing_flag_and_an_empty_variable_change_nothing(name: str, tmp_path: Path) -> None:
    _, _, (text, by_file) = values(name)
    write_config(tmp_path, **{name: text})
    settings = load_settings({"home": tmp_path, name: None}, {BY_NAME[name].env: ""})
    assert getattr(settings, name) == by_file


def test_numbers_in_the_file_need_no_quotes(tmp_path: Path) -> None:
    write_config(tmp_path, port=9000, undo_window=1.5, expiry_days=3)
    settings = load_settings({"home": tmp_path}, {})
    assert (settings.port, settings.undo_window, settings.expiry_days) == (9000, 1.5, 3)


def test_home_decides_where_the_file_is_read(tmp_path: Path) -> None:
    write_config(tmp_path / "flag", company_name="flag")
    write_config(tmp_path / "env", company_name="env")
    environ = {"EXECOPS_HOME": str(tmp_path / "env")}
    assert load_settings({"home": tmp_path / "flag"}, environ).company_name == "flag"
    assert load_settings({}, environ).company_name == "env"


def test_home_is_absolute_and_a_tilde_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings({"home": "data"}, {}).home == tmp_path / "data"
    assert load_settings({}, {"EXECOPS_HOME": "~/data"}).home == tmp_path / "data"


def test_the_default_home_depends_on_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert default_home({}) == Path("/home/somebody/.local/share/execops")
    assert default_home({"XDG_DATA_HOME": "/data"}) == Path("/data/execops")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_home({"XDG_DATA_HOME": "/data"}) == Path("/var/lib/execops")


@pytest.mark.parametrize("home", [None, "~/data"])
def test_a_user_without_a_home_directory_is_asked_for_one(
    monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as where no account has this number
    with pytest.raises(NotConfiguredError, match=r"home directory.*Nothing was done\.") as caught:
        load_settings({"home": home}, {})
    assert "EXECOPS_HOME" in (caught.value.hint or "")


def test_the_outbox_and_the_token_lie_in_the_home(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {})
    assert (settings.outbox, settings.token_file) == (tmp_path / "outbox", tmp_path / "token")


@pytest.mark.parametrize(("name", "value", "accepted"), REFUSED)
def test_an_error_names_the_origin_and_the_accepted_values(
    name: str, value: str, accepted: str, tmp_path: Path
) -> None:
    field = BY_NAME[name]
    env, flags = field.env, {"home": tmp_path}

    def error(flags: dict[str, Any], environ: dict[str, str]) -> InvalidInputError:
        with pytest.raises(InvalidInputError) as raised:
            load_settings(flags, environ)
        assert accepted in (raised.value.hint or "")
        assert value not in (raised.value.hint or "").split()
        assert field.about in (raised.value.hint or "")
        return raised.value

    assert f"--{name.replace('_', '-')} " in error({**flags, name: value}, {}).message
    assert f"{env} " in error(flags, {env: value}).message
    path = write_config(tmp_path, **{name: value})
    assert f"{path}: {name} " in error(flags, {}).message


@pytest.mark.parametrize(
    "text",
    [f'token = "{HIDDEN}', f'token = "{HIDDEN}"\ntoken = "b"', "[token", "\x00", f'token = "{HIDDEN}\\q"'],
)
def test_an_error_names_a_broken_file_but_not_its_secrets(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=re.escape(str(path))) as raised:
        load_settings({"home": tmp_path}, {})
    assert HIDDEN not in f"{raised.value.message}{raised.value.hint}"


def test_an_error_names_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(InvalidInputError, match=r"config\.toml cannot be read"):
        load_settings({"home": tmp_path}, {})


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    path = write_config(tmp_path, undo_windows=3)
    with pytest.raises(InvalidInputError, match=f"{re.escape(str(path))}.*undo_windows"):
        load_settings({"home": tmp_path}, {})


def test_keys_of_the_inbox_may_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[keys]\napprove = "y"\n')
    assert load_settings({"home": tmp_path}, {}).home == tmp_path


def test_settings_are_frozen(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        load_settings({"home": tmp_path}, {}).port = 1  # type: ignore[misc]


def accidental_texts(settings: Settings, secret: Secret) -> list[str]:
    """The settings and a secret as text, in every way that shows a value by accident."""
    return [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret!s}",
        f"{secret!a}",
        f"{secret:>40}",
        "{}".format(secret),  # noqa: UP032
        "%s" % secret,  # noqa: UP031
        "%r" % secret,  # noqa: UP031
        ascii(secret),
        repr(settings),
        str(settings),
        f"{settings}",
        repr(asdict(settings)),
        str(replace(settings, port=1)),
        str(ValueError(secret)),
        repr([secret]),
        repr({"token": secret}),
    ]


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    secrets = {name: HIDDEN for name in BY_NAME if kind(name) == "Secret"}
    assert {"token", "database_url", "smtp_url"} <= secrets.keys()
    settings = load_settings(
        {"home": tmp_path, **secrets, "stripe_webhook_secrets": f"{HIDDEN},{HIDDEN}"}, {}
    )
    assert settings.token is not None
    for text in accidental_texts(settings, settings.token):
        assert HIDDEN not in text
        assert "****" in text
    assert settings.token.reveal() == HIDDEN
    assert type(settings.token.reveal()) is str


def test_a_secret_is_never_written_as_json(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path, "token": HIDDEN}, {})
    for value in (settings.token, [settings.token], asdict(settings)):
        with pytest.raises(TypeError):
            json.dumps(value)
        assert HIDDEN not in json.dumps(value, default=str)


def test_a_secret_cannot_be_joined_with_text() -> None:
    with pytest.raises(TypeError):
        "postgresql://" + Secret(HIDDEN)  # type: ignore[operator]
    with pytest.raises(TypeError):
        ",".join([Secret(HIDDEN)])  # type: ignore[list-item]


def test_a_secret_never_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(HIDDEN)
    settings = load_settings({"home": tmp_path, "token": HIDDEN}, {})
    logger = logging.getLogger("test")
    with caplog.at_level(logging.DEBUG):
        logger.warning("token %s, %r, %20s", secret, secret, secret)
        logger.warning(secret)
        logger.warning("settings %s", settings)
        logger.warning("%(token)s", {"token": secret})
        logger.error("broke", exc_info=RuntimeError(secret))
    assert caplog.text.count("****") == 7
    assert HIDDEN not in caplog.text


def test_secrets_are_equal_by_value_and_empty_ones_are_false() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
    assert pickle.loads(pickle.dumps(Secret("a"))).reveal() == "a"


def test_compose_passes_every_setting_on() -> None:
    """But for those of its own network, and those that only a person at a console has."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    environment = text.partition("environment: &environment\n")[2].partition("    ports:")[0]
    passed_on = set(re.findall(r"^      (\w+):$", environment, re.MULTILINE))
    own = {"EXECOPS_HOME", "EXECOPS_HOST", "EXECOPS_PORT", "EXECOPS_TOKEN", "DATABASE_URL"}
    own |= {"EXECOPS_URL", "EXECOPS_CONTEXT", "EXECOPS_PLAIN_HTTP"}
    of_owner = {"EXECOPS_APP_ROLE_PASSWORD", "EXECOPS_SESSION_DATABASE_URL", "EXECOPS_DATABASES"}
    assert passed_on == {setting.env for setting in BY_NAME.values()} - own - of_owner


def test_the_secrets_are_those_that_hold_secrets() -> None:
    """The parser says what is a secret when ExecOps runs; the annotation says it when mypy does."""
    annotations = {name: kind for base in Settings.__mro__ for name, kind in get_annotations(base).items()}
    assert {name for name, setting in BY_NAME.items() if setting.is_secret} == {
        name for name, kind in annotations.items() if "Secret" in kind
    }


def test_the_page_of_settings_has_every_setting() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `[A-Z_]+` \| `\w+` \| .* \|$", text, re.MULTILINE) == [
        row(name) for name in BY_NAME
    ]


def row(name: str) -> str:
    """The setting's line in the table of docs/settings.md."""
    env, about, default = (
        BY_NAME[name].env,
        BY_NAME[name].about,
        BY_NAME[name].default,
    )
    if name == "home":
        default = "~/.local/share/execops"
    default = BY_NAME[name].shown or default
    if isinstance(default, tuple):
        default = ",".join(default)
    default_text = (
        "" if default in (None, "") else f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
    )
    return f"| `{env}` | `{name}` | {default_text} | {about} |"


def test_offline_settings_send_nothing_and_ask_no_model() -> None:
    given = {"email_transport": "smtp", "slack_transport": "slack", "model": "openai:gpt", "port": "9"}
    offline = load_settings(given, {}).offline
    assert (offline.email_transport, offline.slack_transport, offline.model) == ("outbox", "outbox", None)
    assert offline.port == 9
