"""Hidden characters: those that show nothing, or that hide, join or reorder others.

They make two texts look the same that differ, and carry words that a reader does not see and a model reads. Some writing
needs a few of them, so these count as visible there: the joiner inside a joined emoji and inside words of Arabic and Indian
scripts, one variation selector behind a symbol or an ideograph, and the tags of the flags of England, Scotland and Wales.
https://www.unicode.org/reports/tr36/#Visual_Spoofing_Recommendations
"""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FLAGS = re.compile(
    "\U0001f3f4(?:{})\U000e007f".format(
        "|".join(
            "".join(chr(0xE0000 + ord(letter)) for letter in region) for region in ("gbeng", "gbsct", "gbwls")
        )
    )
)
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_JOINING_SCRIPTS = (
    re.compile(  # Arabic, Syriac and N'Ko; the scripts of India and Ceylon; Burmese; Khmer; Mongolian
        "[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]"
    )
)
_IDEOGRAPHS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def count_hidden(text: str) -> int:
    """The number of hidden characters in a text."""
    return len(_places(text))


def hidden_names(text: str, most: int = 3) -> list[str]:
    """The first different hidden characters of a text, as Unicode writes them: `U+200B`."""
    return list(dict.fromkeys(f"U+{ord(text[place]):04X}" for place in _places(text)))[:most]


def without_hidden(text: str) -> str:
    """The text without its hidden characters."""
    places = {*_places(text)}
    return "".join(sign for place, sign in enumerate(text) if place not in places) if places else text


def _places(text: str) -> list[int]:
    if text.isascii():
        return []
    in_flags = {place for flag in _FLAGS.finditer(text) for place in range(flag.start(), flag.end())}
    return [
        found.start()
        for found in _HIDDEN.finditer(text)
        if found.start() not in in_flags and not _is_needed(text, found.start())
    ]


def _is_needed(text: str, place: int) -> bool:
    """Whether the writing at this place needs the hidden character there."""
    sign, before, after = text[place], text[:place][-1:], text[place + 1 : place + 2]
    if not before:
        return False
    if sign in (_TEXT_STYLE, _EMOJI_STYLE) and (
        unicodedata.category(before)[0] in "SP" or before in "0123456789\u2139"
    ):
        return True
    if "\ufe00" <= sign <= _EMOJI_STYLE or "\U000e0100" <= sign <= "\U000e01ef":
        return bool(_IDEOGRAPHS.match(before))
    if sign not in (_NON_JOINER, _JOINER) or not after or _HIDDEN.match(after):
        return False
    if _JOINING_SCRIPTS.match(before) and _JOINING_SCRIPTS.match(after):
        return not _HIDDEN.match(before)
    if before == _EMOJI_STYLE or ord(before) in _SKIN_TONES:
        before = text[:place][-2:-1]
    return sign == _JOINER and _is_picture(before) and _is_picture(after)


def _is_picture(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign) == "So"
