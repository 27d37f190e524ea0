"""The man page and the completions are those of the commands, and `man` reads the page without a warning."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests import shell_files


@pytest.mark.parametrize("place", shell_files.files())
def test_a_file_is_in_step(place: str) -> None:
    file = shell_files.FOLDER / place
    assert file.read_text(encoding="utf-8") == shell_files.files()[place], "python -m tests.shell_files"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_man_page_has_no_fault() -> None:
    shown = subprocess.run(
        ["groff", "-k", "-man", "-ww", "-Tutf8"],
        input=shell_files.man_page().encode(), capture_output=True, check=True,
    )  # fmt: skip
    assert shown.stderr == b""
    assert "Approve a proposal, or acknowledge a notice." in " ".join(shown.stdout.decode().split())
