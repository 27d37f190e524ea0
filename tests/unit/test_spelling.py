"""A misspelt setting is named, with the one that was meant, and stops no check."""

from __future__ import annotations

from pathlib import Path

import pytest

from execops.errors import InvalidInputError
from execops.settings import inspect_settings, load_settings, unread_variables


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('strip_mode = "test"', "Did you mean stripe_mode?"),
        ('webhook_secret = "whsec_1"', "Did you mean stripe_webhook_secrets?"),
        ('STRIPE_WEBHOOK_SECRET = "whsec_1"', "Did you mean stripe_webhook_secrets?"),
        ('EXECOPS_SMPT_TIMEOUT = "3"', "Did you mean smtp_timeout?"),
        ('colour = "red"', "All settings: execops config list"),
    ],
)
def test_a_misspelt_line_of_the_file_names_the_setting_that_was_meant(
    tmp_path: Path, line: str, hint: str
) -> None:
    (tmp_path / "config.toml").write_text(f"{line}\n")
    with pytest.raises(InvalidInputError, match="has an unknown setting") as raised:
        load_settings({"home": tmp_path}, {})
    assert raised.value.hint == hint
    assert "whsec" not in raised.value.message


def test_every_error_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('company_nam = "A"\nport = "many"\nsigner = "Anna"\n')
    settings, errors = inspect_settings({"home": tmp_path}, {"EXECOPS_STRIPE_MODE": "both"})
    assert (settings.port, settings.signer, settings.stripe_mode) == (8787, "Anna", "live")
    assert [error.message.removeprefix(f"{tmp_path / 'config.toml'}") for error in errors] == [
        " has an unknown setting: company_nam.",
        "EXECOPS_STRIPE_MODE is not usable.",
        ": port is not usable.",
    ]


def test_a_file_that_is_no_toml_leaves_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('company_name = "Hooli\n')
    settings, errors = inspect_settings({"home": tmp_path}, {"EXECOPS_PORT": "9"})
    assert (settings.port, settings.company_name) == (9, None)
    assert [error.message for error in errors] == [f"{tmp_path / 'config.toml'} cannot be read."]


def test_a_variable_that_nothing_reads_is_named() -> None:
    environ = {
        "EXECOPS_STRIP_MODE": "test",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1",
        "EXECOPS_XYZXYZ": "1",
        "EXECOPS_PORT": "1",
        "EXECOPS_DEBUG": "1",
        "STRIPE_SECRET_KEY": "of another program",
        "TEST_DATABASE_URL": "of another program",
        "PATH": "/bin",
    }
    assert unread_variables(environ) == {
        "EXECOPS_STRIP_MODE": "EXECOPS_STRIPE_MODE",
        "EXECOPS_XYZXYZ": None,
        "STRIPE_WEBHOOK_SECRETS": "STRIPE_WEBHOOK_SECRET",
    }
