"""An old Python that starts ExecOps says so in plain words: the first file that it reads is in words that it knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUARD = ROOT / "cli" / "__init__.py"


def test_the_guard_is_read_by_old_versions_and_is_the_first_file() -> None:
    ast.parse(GUARD.read_text(encoding="ascii"), feature_version=(3, 0))
    assert (
        'execops = "cli.main:main"' in (ROOT / "pyproject.toml").read_text()
    )  # Python reads cli/__init__.py before it


@pytest.mark.parametrize(("version", "code"), [((3, 10), 1), ((3, 9), 1), ((3, 11), 0)])
def test_an_old_version_is_told_and_loads_nothing(version: tuple[int, int], code: int) -> None:
    program = f"import sys; sys.version_info = {(*version, 0)}; import cli; print('execops' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (ran.returncode, ran.stdout) == (code, "" if code else "False\n")
    first, *_ = [*ran.stderr.splitlines(), ""]
    words = (
        f"ExecOps needs Python 3.11 or later, and this is Python {version[0]}.{version[1]}. Nothing was done."
    )
    assert first == (words if code else "")
