"""English contractions as the words that they stand for, so that `we're leaving` is read as `we are leaving`.

Left as they are: `'d` (had or would), `'s` of a possessor, and every word that is another one without its apostrophe (`were`, `well`,
`ill`, `its`, `id`). French elisions (`l'outil`) and German ones (`reicht's`) match nothing here.
"""

from __future__ import annotations

import re
from functools import cache

from execops.plays.support import support_words

_HAVE_PARTNERS = "i|we|you|they|could|would|should|might|must|who"
_WILL_PARTNERS = "i|we|you|he|she|it|they|that|there|this|who"
_NOT_PARTNERS = "are|could|did|does|do|had|has|have|is|might|must|need|should|was|were|would"
_AFTER_IM = (  # `im` is German too, so an English word has to follow
    "a|not|very|really|just|out|off|done|leaving|going|sick|tired|fed up|sure|afraid|sorry|happy|angry|furious|cancell?ing|moving"
    "|switching|waiting|getting|trying|new|here|glad|so|always|still"
)
_SHORTENED = [
    (r"(can)(?:'t|not)", r"\1 not"),
    (r"(w)on't", r"\1ill not"),
    (r"(sha)n't", r"\1ll not"),
    (r"ain't", "is not"),
    (rf"({_NOT_PARTNERS})n't", r"\1 not"),
    (r"(i)'m", r"\1 am"),
    (r"(we|you|they|there|what|where|who)'re", r"\1 are"),
    (rf"({_HAVE_PARTNERS})'ve", r"\1 have"),
    (rf"({_WILL_PARTNERS})'ll", r"\1 will"),
    (r"(let)'s", r"\1 us"),
    (r"(it|that|what|where|there|here|how|who|he|she)'s", r"\1 is"),
]
_WITHOUT_APOSTROPHE = [
    (r"(c)ant", r"\1an not"),
    (r"(w)ont", r"\1ill not"),
    (r"(are|could|did|does|had|has|have|is|should|was|were|would)nt", r"\1 not"),
    (r"(you|they)re", r"\1 are"),
    (r"(i|we|you|they)ve", r"\1 have"),
    (r"(you|they)ll", r"\1 will"),
    (r"(that|what|there)s", r"\1 is"),
    (rf"(i)m(?= (?:{_AFTER_IM})\b)", r"\1 am"),
]
_FRENCH_TOO = (r"(do)nt", r"\1 not")  # `dont` is a French word
_Rules = list[tuple[re.Pattern[str], str]]


def _compiled(rules: list[tuple[str, str]]) -> _Rules:
    return [(re.compile(rf"\b{pattern}(?![\w'])", re.IGNORECASE), words) for pattern, words in rules]


@cache
def _rules(*, shortened: bool, french: bool) -> _Rules:
    return _compiled(
        [*(_SHORTENED if shortened else ()), *_WITHOUT_APOSTROPHE, *(() if french else (_FRENCH_TOO,))]
    )


def spelled_out(text: str) -> str:
    """The text with the words that its English contractions stand for, and with one kind of apostrophe."""
    text = support_words.straight(text)
    is_shortened = "'" in text or "cannot" in text.lower()  # else none of the first rules fits
    for pattern, words in _rules(shortened=is_shortened, french="fr" in _codes(text)):
        text = pattern.sub(words, text)
    return text


def _codes(text: str) -> set[str]:
    return {language.code for language in support_words.spoken(text)}
