"""Contexts: the servers that this console knows by name, and the one that it speaks to.

The first of these that is set says where: `--context` or EXECOPS_CONTEXT, EXECOPS_URL, the context in use, this machine. A
context's token lies with the secrets, and is sent to its own server alone; EXECOPS_TOKEN goes to EXECOPS_URL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict

from execops.errors import InvalidInputError, NotFoundError
from execops.settings import private_files, secrets_store
from execops.text.hosts import is_loopback

if TYPE_CHECKING:
    from execops.settings import Settings
    from execops.text.secret import Secret

LOCAL = "local"  # the name of this machine
OF_VARIABLE = "EXECOPS_URL"  # that of the server of this variable, whose token is EXECOPS_TOKEN
FILE = "contexts.json"


class Server(Struct, frozen=True, kw_only=True):
    """A server that a console speaks to; `plain_http` says that a person allowed it without encryption."""

    name: str
    url: str
    plain_http: bool = False


def chosen(settings: Settings) -> Server | None:
    """The server of this command; None for this machine. Raises NotFoundError, InvalidInputError."""
    servers, current = servers_of(settings.home)
    if settings.context is not None:
        return None if settings.context == LOCAL else _named(servers, settings.context)
    if settings.url is not None:
        plain = settings.plain_http == "allowed"
        return Server(name=OF_VARIABLE, url=checked(settings.url, plain_http=plain), plain_http=plain)
    return servers.get(current) if current is not None else None


def token_of(settings: Settings, server: Server) -> Secret | None:
    """The token for a server; None where nobody signed in. Raises UnavailableError where the keyring does not answer."""
    if server.name == OF_VARIABLE:
        return settings.token
    return secrets_store.get(settings.home, _secret(server.name))


def servers_of(home: Path) -> tuple[Mapping[str, Server], str | None]:
    """The servers by name, and the name of the one in use. Raises InvalidInputError."""
    path = home / FILE
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        servers = {name: Server(name=name, **fields) for name, fields in document["contexts"].items()}
        return servers, document.get("current")
    except FileNotFoundError:
        return {}, None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as exc:
        raise InvalidInputError(
            f"{path} cannot be read; nothing was changed.", hint="Move the file away, and sign in again."
        ) from exc


def add(home: Path, server: Server, token: Secret) -> str:
    """Keep a server and its token, and use it from now on; returns where the token lies."""
    servers, _ = servers_of(home)
    place = secrets_store.put(home, _secret(server.name), token.reveal())
    _write(home, {**servers, server.name: server}, server.name)
    return place


def keep_token(home: Path, server: Server, token: Secret) -> None:
    """Keep the new token of a server."""
    secrets_store.put(home, _secret(server.name), token.reveal())


def use(home: Path, name: str) -> None:
    """Use this server, or this machine, from now on. Raises NotFoundError."""
    servers, _ = servers_of(home)
    if name != LOCAL:
        _named(servers, name)
    _write(home, servers, None if name == LOCAL else name)


def forget(home: Path, name: str) -> None:
    """Forget a server and its token. Raises NotFoundError."""
    servers, current = servers_of(home)
    _named(servers, name)
    secrets_store.forget(home, _secret(name))
    rest = {key: server for key, server in servers.items() if key != name}
    _write(home, rest, None if current == name else current)


def checked(url: str, *, plain_http: bool = False) -> str:
    """The address without what does not belong to it. Raises InvalidInputError: for http beyond this machine too."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise InvalidInputError(f"{url!r} is no address of a server.", hint="Write https://ops.example.com")
    if parts.username or parts.password:
        raise InvalidInputError(
            "The address holds a name or a password; nothing was sent.",
            hint="Leave them out: a token signs in.",
        )
    if parts.scheme == "http" and not plain_http and not is_loopback(host):
        raise InvalidInputError(
            f"http://{parts.netloc} is not encrypted: everybody on the way could read the token. Nothing was sent.",
            hint="Use https. If the way is safe by itself: --plain-http, or EXECOPS_PLAIN_HTTP=allowed.",
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def name_of(url: str) -> str:
    """The name of a context where a person gives none: the host."""
    return urlsplit(url).netloc


def _named(servers: Mapping[str, Server], name: str) -> Server:
    if name not in servers:
        names = ", ".join([*sorted(servers), LOCAL])
        raise NotFoundError(f"There is no context {name!r}; there are: {names}.", hint="execops login URL")
    return servers[name]


def _secret(name: str) -> str:
    return f"context:{name}"


def _write(home: Path, servers: Mapping[str, Server], current: str | None) -> None:
    rows = {
        name: {key: value for key, value in asdict(server).items() if key != "name"}
        for name, server in servers.items()
    }
    private_files.store(home / FILE, json.dumps({"current": current, "contexts": rows}, indent=2) + "\n")
