"""Notices of mail servers about a mail that was sent, after the public formats: `tests/data/returned/*.eml`."""

from __future__ import annotations

from pathlib import Path

from execops.adapters import _digest
from execops.adapters.email import message_id_for
from execops.model import Json

FOLDER = Path(__file__).parent / "data" / "returned"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
NO_NOTICES = [name for name in NAMES if name.startswith("none_")]
NOTICES = [name for name in NAMES if name not in NO_NOTICES]


def notice(name: str, payload: Json, key: str, **changes: str) -> bytes:
    """The notice of this name about the mail of this payload and key, as it lies in a mailbox.

    `changes` may name another `message_id`, `digest` or `address`. An empty digest is left out.
    """
    values = {
        "message_id": message_id_for(payload, key),
        "digest": _digest.digest(payload),
        "address": payload["to"],
    } | changes
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    if not values["digest"]:
        text = text.replace("X-ExecOps-Digest: {digest}\n", "")
    for field, value in values.items():
        text = text.replace(f"{{{field}}}", value)
    return text.replace("\n", "\r\n").encode()
