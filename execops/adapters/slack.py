"""Posts a Slack message. Transport `outbox`: the message as a file in a Maildir; `slack`: Slack's Web API.

The text is written in mrkdwn: https://docs.slack.dev/messaging/formatting-message-text. Slack shows the blocks of a
message, not its text, so the blocks are made from the text when the message is sent. `escape` makes text from
outside safe to write into it.

A person may write markup into the text. A link stays a link. A mention, such as `<!channel>`, becomes the words that the
preview shows for it (`@channel`), and calls nobody: nobody but Slack knows the name behind an id, and the person who
approves sees only the preview.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, ClassVar

from execops.adapters import _checks, _digest, _outbox
from execops.errors import InvalidPayloadError
from execops.model import Json
from execops.ports import Field, Happened, Reconciliation
from execops.settings import Settings
from execops.text.addresses import is_address

if TYPE_CHECKING:
    from execops.adapters._slack_api import SlackApi

_MAX_TEXT = 40_000  # characters, https://docs.slack.dev/reference/methods/chat.postMessage
_MAX_SECTION = 3_000  # characters, https://docs.slack.dev/reference/block-kit/blocks/section-block
_FENCE = "```"
_LONGEST = _MAX_SECTION - 2 * len(
    f"{_FENCE}\n"
)  # a section may have to end a block of code and begin it again
_CHANNEL = re.compile(r"[#@]?[\w.-]{1,80}")  # an id, or a name
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKUP = re.compile(r"<([^<>\n]+)>")  # a link or a mention
_LINK = re.compile(r"(?:https?://|mailto:)[^|\s]+(?:\|.*)?", re.IGNORECASE)
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)|[<>]")  # a character that Slack may read as markup
# Text that no cut may go through: a link, an entity, a flag, a character with the marks that belong to it.
_UNIT = re.compile(
    r"<[^<>\n]+>|&(?:amp|lt|gt);|[\U0001f1e6-\U0001f1ff]{2}"
    r"|.(?:[\u0300-\u036f\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d.)*",
    re.DOTALL,
)
_EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


def create(settings: Settings) -> SlackAdapter:
    """The adapter over the transport that the settings name. Raises NotConfiguredError if its token is not set."""
    if settings.slack_transport == "outbox":
        return SlackAdapter(settings)
    from execops.adapters._slack_api import SlackApi

    return SlackAdapter(settings, SlackApi(settings))


class SlackAdapter:
    """Posts one message to one channel; its blocks are made from the text."""

    action_type: ClassVar[str] = "slack"
    fields: ClassVar[tuple[Field, ...]] = (
        Field(name="channel", label="Channel"),
        Field(name="text", label="Text", words=True, lines=True),
    )
    moves_money: ClassVar[bool] = False
    allowed_by_default: ClassVar[bool] = True

    def __init__(self, settings: Settings, api: SlackApi | None = None) -> None:
        self._folder = settings.outbox / "slack"
        self._api = api  # None: the outbox

    def validate(self, payload: Json) -> None:
        """Raise InvalidPayloadError, naming the field, unless Slack would accept this message."""
        if "blocks" in payload:
            raise InvalidPayloadError(
                "The Slack message's blocks are made from its text: edit the text, and leave blocks out.",
                field="blocks",
            )
        _checks.check_fields(payload, self.fields, "Slack message")
        if not _CHANNEL.fullmatch(payload["channel"]) and not is_address(payload["channel"]):
            raise InvalidPayloadError(
                f"The Slack message's channel is not one channel: {payload['channel']!r}.", field="channel"
            )
        text = payload["text"]
        if not _checks.is_text(text):
            raise InvalidPayloadError("The Slack message's text has control characters.", field="text")
        sent = self._sent(text)  # `&` takes five characters there
        if not _displayed_text(sent).strip():
            raise InvalidPayloadError("The Slack message's text shows nothing in Slack.", field="text")
        if len(sent) > _MAX_TEXT:
            raise InvalidPayloadError(
                f"The Slack message's text is over {_MAX_TEXT} characters.", field="text"
            )
        if any(len(match[0]) > _LONGEST for match in _MARKUP.finditer(sent)):
            raise InvalidPayloadError(
                f"The Slack message's text has a link over {_LONGEST} characters.", field="text"
            )

    def describe(self, payload: Json) -> str:
        """Say in words what posting does."""
        if self._api:
            return f"posts this message in Slack to {payload['channel']}"
        return f"puts a message for {payload['channel']} into the outbox; nothing leaves this machine"

    def preview(self, payload: Json) -> str:
        """The message as its readers see it: the channel, an empty line, the text.

        A link shows its label, an entity its character. Marks such as `*bold*` stay as they are written.
        """
        return f"Channel: {payload['channel']}\n\n{_displayed_text(self._sent(payload['text']))}"

    async def perform(self, payload: Json, *, idempotency_key: str) -> Json:
        """Deliver the message once for this key. Raises NotAcceptedError, RejectedError, AmbiguousError."""
        if self._api:
            return await self._api.post(self._composed(payload), key=idempotency_key)
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{idempotency_key}@slack.outbox>"
        message["Subject"] = "Slack message"
        message[_digest.HEADER] = digest = _digest.digest(payload)
        message["X-Slack-Channel"] = payload["channel"].encode("ascii", "replace").decode()
        message.set_content(_displayed_text(payload["text"]))
        message.add_attachment(
            json.dumps(compose(payload), ensure_ascii=False, indent=2).encode(),
            maintype="application",
            subtype="json",
            filename="message.json",
        )
        content = message.as_bytes(policy=SMTP)
        await asyncio.to_thread(_outbox.deliver, self._folder, idempotency_key, content, digest)
        return {"transport": "outbox", "message_id": message["Message-ID"]}

    async def reconcile(self, payload: Json, *, idempotency_key: str) -> Reconciliation:
        """Look for the message of this key and this payload in the Maildir, or in Slack's history of the channel."""
        if self._api:
            return await self._api.find(self._composed(payload), key=idempotency_key)
        digest = _digest.digest(payload)
        happened = await asyncio.to_thread(_outbox.happened, self._folder, idempotency_key, digest)
        if happened is not Happened.YES:
            return Reconciliation(happened)
        message_id = f"<{idempotency_key}@slack.outbox>"
        return Reconciliation(happened, {"transport": "outbox", "message_id": message_id})

    def _composed(self, payload: Json) -> Json:
        return compose(payload | {"text": self._sent(payload["text"])})

    def _sent(self, text: str) -> str:
        """The text as it is sent: the outbox keeps it as it is written."""
        return without_mentions(text) if self._api else text


def escape(text: str) -> str:
    """Text from outside as mrkdwn shows it: nothing in it becomes a link or a mention.

    Slack knows no escape for the marks of bold, italics or code.
    """
    return text.translate(_ESCAPES)


def link(url: str, label: str) -> str:
    """A link in mrkdwn. Both parts may come from outside."""
    return f"<{escape(url).replace('|', '%7C')}|{escape(label)}>"


def without_mentions(text: str) -> str:
    """The text whose only markup is links; a mention becomes its words, and any other `<`, `>` or `&` an entity."""
    parts, end = [], 0
    for markup in _MARKUP.finditer(text):
        parts.append(_inert(text[end : markup.start()]))
        is_link = _LINK.fullmatch(markup[1])
        parts.append(f"<{_inert(markup[1].removesuffix('|'))}>" if is_link else _inert(_label(markup)))
        end = markup.end()
    return "".join([*parts, _inert(text[end:])])


def compose(payload: Json) -> Json:
    """The message as `chat.postMessage` takes it: `text` is what notifications show, the blocks hold the same."""
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": section, "verbatim": True}}
        for section in _sections(payload["text"])
    ]
    return {"channel": payload["channel"], "text": payload["text"], "blocks": blocks}


def _sections(text: str) -> list[str]:
    """The text of each section block: the whole text in as few sections as hold it.

    A block of code that is cut ends in one section and begins again in the next. Empty lines around a cut, and at
    both ends of the text, are left out: Slack shows none there. Fewer than 30 sections hold the longest text, since
    every two neighbours together are longer than one may be. Slack takes 50.
    """
    sections = []
    in_code = False
    for piece in _pieces(text):
        section = _EMPTY_LINES.sub("", piece).rstrip()
        if not section:
            continue
        begin = f"{_FENCE}\n" if in_code else ""
        in_code ^= section.count(_FENCE) % 2 == 1
        sections.append(f"{begin}{section}")
        if in_code:
            sections[-1] += f"\n{_FENCE}"
    if in_code:  # a block of code that the text itself leaves open
        sections[-1] = sections[-1].removesuffix(f"\n{_FENCE}")
    return sections


def _pieces(text: str) -> Iterator[str]:
    """The text cut into pieces that a section can hold: after a line, else after a word, else anywhere."""
    while len(text) > _LONGEST:
        after_line = after_word = after_unit = 0
        for match in _UNIT.finditer(text):
            if match.end() > _LONGEST:
                break
            after_unit = match.end()
            if match[0] == "\n":
                after_line = match.end()
            elif match[0].isspace():
                after_word = match.end()
        cuts = [at for at in (after_line, after_word, after_unit) if at > _LONGEST // 2]
        cut = cuts[0] if cuts else after_unit or _LONGEST
        yield text[:cut]
        text = text[cut:]
    yield text


def _displayed_text(text: str) -> str:
    """The text as Slack displays it, section under section."""
    return "\n".join(_unescaped(_MARKUP.sub(_label, section)) for section in _sections(text))


def _label(markup: re.Match[str]) -> str:
    """The words that Slack shows for a link or a mention."""
    target, _, label = markup[1].partition("|")
    if label:
        return f"{target[0]}{label}" if target.startswith(("#", "@")) else label
    return f"@{target[1:]}" if target.startswith("!") else target


def _inert(text: str) -> str:
    return _BARE.sub(lambda match: escape(match[0]), text)


def _unescaped(text: str) -> str:
    for character, entity in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(entity, character)
    return text
