"""A keyring for tests: it stands where the operating system's would, and keeps its secrets in one file.

A process uses it with `PYTHON_KEYRING_BACKEND=tests.keyrings.FileKeyring` and `TEST_KEYRING=FILE`.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

BACKEND = "tests.keyrings.FileKeyring"


class FileKeyring(KeyringBackend):
    """Keeps its secrets in the file of TEST_KEYRING. `TEST_KEYRING_STATE` makes it `locked`, or `silent`."""

    priority = 5

    @property
    def name(self) -> str:
        """Its name, as a message shows it."""
        return "test keyring"

    def get_password(self, service: str, username: str) -> str | None:
        """The secret; None if it has none."""
        value = self._open().get(f"{service} {username}")
        return value if value is None else str(value)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self._file.write_text(json.dumps({**self._open(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""
        entries = self._open()
        del entries[f"{service} {username}"]
        self._file.write_text(json.dumps(entries))

    @property
    def _file(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])

    def _open(self) -> dict[str, str]:
        match os.environ.get("TEST_KEYRING_STATE"):
            case "locked":
                raise KeyringLocked("somebody closed the window")
            case "silent":
                threading.Event().wait()  # a window that nobody sees
        entries: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        return entries
