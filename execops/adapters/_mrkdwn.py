"""Slack's markup, mrkdwn: https://docs.slack.dev/messaging/formatting-message-text.

Slack shows the blocks of a message, not its text, so the blocks are made from the text. `escape` makes text from outside
safe to write into it.

A person may write markup into the text. A link stays a link. A mention, such as `<!channel>`, becomes the words that the
preview shows for it (`@channel`), and calls nobody: nobody but Slack knows the name behind an id, and the person who
approves sees only the preview.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from execops.model import Json

_MAX_SECTION = 3_000  # characters, https://docs.slack.dev/reference/block-kit/blocks/section-block
_FENCE = "```"
LONGEST = _MAX_SECTION - 2 * len(
    f"{_FENCE}\n"
)  # a section may have to end a block of code and begin it again
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


def has_long_markup(text: str) -> bool:
    """Whether a link or a mention is longer than one section can hold."""
    return any(len(match[0]) > LONGEST for match in _MARKUP.finditer(text))


def compose(payload: Json) -> Json:
    """The message as `chat.postMessage` takes it, without mentions: `text` is what notifications show, the blocks hold the same."""
    text = without_mentions(payload["text"])
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": section, "verbatim": True}}
        for section in _sections(text)
    ]
    return {"channel": payload["channel"], "text": text, "blocks": blocks}


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
    while len(text) > LONGEST:
        after_line = after_word = after_unit = 0
        for match in _UNIT.finditer(text):
            if match.end() > LONGEST:
                break
            after_unit = match.end()
            if match[0] == "\n":
                after_line = match.end()
            elif match[0].isspace():
                after_word = match.end()
        cuts = [at for at in (after_line, after_word, after_unit) if at > LONGEST // 2]
        cut = cuts[0] if cuts else after_unit or LONGEST
        yield text[:cut]
        text = text[cut:]
    yield text


def displayed_text(text: str) -> str:
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
