"""A question as words, of which each is to be taken for something: what is left over was not understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

TAKEN = "·"
NAMED = "◆"  # in place of each word of a name that was taken
_WORD = re.compile(r"'\d\d\b|\d+(?:[.,]\d+)+|[^\W_]+(?:'[^\W_]+)*|[€$£¥%#&+/-]")
# Signs of statements and of markup: no plain question has them.
_CODE = re.compile(r"[;={}<>\[\]\\`*|~^@]|--|/\*|::|https?:")
_KINDLY = "(?:please|kindly|just|quickly|really|only|also)"
_WANT = "(?:want|need|like|love|wish|trying|try|hoping|wanted|wanna)"
_GREETING = "(?:(?:hey|hi|hello|ok|okay|so|well|team|there|all|guys|please|um|uh|and|,) ?)"
_SEE = "(?:see|know|get|have|check|view|understand|find out|figure out|look at|look into|pull up|be shown)"
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONEY = "(usd|eur|gbp|jpy|us dollars|dollars|euros|pounds|yen)"
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
# What is put in another's place before words are split; the last ones bring dates into one word each.
_SUBSTITUTES = [
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"[’‘`´]", "'"),
        (r"[–—―]", " - "),
        (r"\bmay (?=(?:i|we|you)\b)", ""),
        (r"\b(?:money|cash) in(?=[?. ]*$)", "incoming money"),
        (r"\bas (?:an? )?(?:table|chart|graph|plot|list|csv|json)\b", ""),
        (r"\b(?:(?:did|do|does|has|have)(?:n't| not)|not) (?:go|gone|get|come) through\b", "failed"),
        (r"\bthat failed to go through\b", "failed"),
        (r"\b(?:could|can)(?:n't| ?not) be (?:collected|charged|processed|paid|delivered)\b", "failed"),
        (r"\b(come|came|comes|go|goes|went|get|got|gets|made it) through\b", r"\1"),
        (r"\bfrom (?:our |the )?bank(?: accounts?)? to stripe\b", "backwards"),
        (r"\bwe hold\b", "we have"),
        (r"\bthus far\b", "so far"),
        (r"\bhow (?:big|large|high|great) (?=is|are|was|were|has|have)", "how "),
        (r"\bend(?:ed)? up\b|\b(?:in )?all currencies\b|\bin any currency\b", ""),
        (r"\bon hold\b", "frozen"),
        (r"\bhow many months (?:do|have) we (?:have|got)\b", "runway"),
        (r"\battributable to\b", "from"),
        (rf"\bhow (?:much|many) {_MONEY} (?=(?:do|have|are|is) (?:we|i|there)\b)", r"cash in \1 "),
        *((rf"\b{word} of (?={_MONTHS})", f"{at}th ") for at, word in enumerate(_ORDINALS, start=1)),
        (r"\b(?:single|very) (?=biggest|largest|best|top)", ""),
        (r"\b(?:number one|no\.? ?1|#1) (?=customer|client|vendor|supplier|expense)", "biggest "),
        (r",\s*top (?=\d)", " top "),
        (r"\bof which\b", "whereof"),
        (r"(?<=[^\W\d]s)'(?= )", "'s"),
        (r"\bas of (?:right )?(?:now|today)\b", "now"),
        (
            r"\b(?:latest|up[- ]to[- ]date|most recent) (?=mrr|cash|runway|burn|numbers?|figures?|balances?)",
            "",
        ),
        (r"\bcurrent (?=customers?\b|clients?\b|subscribers?\b|users?\b)", "existing "),
        (r"\b(?:an? )?(?:quick )?update (?:me )?on\b", ""),
        (rf"\b(?:could|can|would|will) (?:you|u|ya)(?: {_KINDLY})*\b", ""),
        (rf"\b(?:could|can|may|might) (?:i|we)(?: {_KINDLY})* {_SEE}\b", ""),
        (rf"\b(?:i|we)(?:'d| would|'m| am|'re| are)?(?: {_KINDLY})* {_WANT} (?:to )?{_SEE}\b", ""),
        (
            rf"^{_GREETING}*(?:(?:i|we)(?:'d| would|'m| am)? )?(?:{_KINDLY} )*(?:{_WANT}|looking for)\b(?! to\b)",
            "",
        ),
        (rf"\b{_WANT} to {_SEE}\b", ""),
        (rf"\b(?:is|would) it (?:be )?possible to {_SEE}\b", ""),
        (
            r"^(?:good )?(?:hi|hey|hello|dear|morning|afternoon|evening) (?:team|all|guys|folks|there|everyone)\b",
            "",
        ),
        (
            r"\b(?:in terms of|any idea(?: of| on)?|do you (?:know|have)|(?:i )?was wondering|curious|wondering)\b",
            "",
        ),
        (
            rf"\b(?:what|how|tell (?:me|us)|know|{_SEE}|details?|info|information|question|asking|hear|wondering|news) about\b",
            "",
        ),
        (r"^(how\b.*?) going\b(?! to)", r"\1"),
        (r"\bgoing on with\b|\bget a feel for\b", ""),
        (
            r"\bfrom (?=(?:churned|lost|cancelled|recovered|former|past) (?:customers|clients|subscribers|invoices))",
            "from former ",
        ),
        (r"\bwhen(?:ever)? you (?:get|have) (?:a|the) (?:second|minute|moment|chance)\b", ""),
        (r"(?<=[^\W\d])\s*,\s+(?=[^\W\d])", " and "),
        (r"\bwhere (?:do we stand|are we)\b", ""),
        (r"\bby (?=(?:us|stripe|execops|disputes|chargebacks)\b)", ""),
        (r"\bmonthly recurring revenue\b", "mrr"),
        (r"\b(q[1-4]|h[12])\s*[/-]\s*((?:19|20)\d\d)\b", r"\1 \2"),
        (r"\b((?:19|20)\d\d)\s*[/-]?\s*(q[1-4]|h[12])\b", r"\2 \1"),
        (r"\b(q[1-4]|h[12])'?(\d\d)\b", r"\1 '\2"),
        (r"\b((?:19|20)\d\d)[-/](\d\d?)[-/](\d\d?)\b", r"day\1x\2x\3"),
        (r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b", r"month\1x\2"),
        (r"\b((?:19|20)\d\d)-(?=(?:19|20)\d\d\b)", r"\1 - "),
    )
]
_HYPHEN = re.compile(r"\b([a-z]{3,9}|q[1-4]|\d{1,2})-(?=([a-z]{3,9}|q[1-4]|\d{1,2})\b)", re.IGNORECASE)
_DATED = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|q[1-4]|\d{1,2}", re.IGNORECASE
)
# Ways to write a word that would otherwise be words of their own.
SPELLINGS = {
    "what's": "what", "whats": "what", "how's": "how", "hows": "how", "who's": "who", "where's": "where",
    "it's": "it", "that's": "that", "let's": "lets", "we're": "we", "we've": "we", "i'm": "we", "i've": "we",
    "don't": "not", "didn't": "not", "doesn't": "not", "isn't": "not", "haven't": "not", "hasn't": "not",
    "weren't": "not", "wasn't": "not", "aren't": "not", "won't": "not", "can't": "not",
    "i'd": "we", "we'd": "we", "i'll": "we", "we'll": "we", "im": "we", "ive": "we", "weve": "we", "you'd": "you",
    "you're": "you", "youre": "you", "there's": "there", "theres": "there", "here's": "here", "heres": "here",
    "thats": "that", "whos": "who", "who've": "who", "wheres": "where", "what're": "what", "whatre": "what",
    "how're": "how", "what'd": "what", "how'd": "how", "they're": "they", "dont": "not", "didnt": "not",
    "i": "we", "our": "our", "ours": "our", "me": "us", "&": "and", "+": "and", "/": "per", "#": "number",
    "%": "percent", "percentage": "percent", "pct": "percent", "no.": "number", "amt": "amount",
    "biggest": "top", "largest": "top", "greatest": "top", "highest": "top", "best": "top", "leading": "top", "priciest": "top", "costliest": "top",
    "main": "top", "latest": "last", "newest": "last", "grouped": "group", "chargeback": "dispute",
    "chargebacks": "disputes", "clients": "customers", "client": "customer", "suppliers": "vendors",
    "supplier": "vendor", "txns": "transactions", "txn": "transaction", "pmts": "payments", "pmt": "payment",
    "custs": "customers", "rev": "revenue", "wk": "week", "wks": "weeks", "mth": "month", "mths": "months",
    "mo": "month", "mos": "months", "qtr": "quarter", "qtrs": "quarters", "yr": "year", "yrs": "years",
    "fail": "failed", "pls": "please", "plz": "please", "cuz": "because", "u": "you",
}  # fmt: skip
_IRREGULAR = {
    "lost": "lose", "loss": "lose", "losses": "lose", "losing": "lose", "paid": "pay", "spent": "spend",
    "made": "make", "making": "make", "left": "leave", "leaving": "leave", "bought": "buy", "won": "win",
    "gave": "give", "given": "give", "took": "take", "taken": "take", "kept": "keep", "got": "get",
    "went": "go", "gone": "go", "goes": "go", "going": "go", "ran": "run", "sent": "send", "brought": "bring", "held": "hold", "written": "write", "wrote": "write", "came": "come", "burnt": "burn", "declining": "decline",
    "failure": "fail", "failures": "fail", "decision": "decide", "decisions": "decide",
}  # fmt: skip


class Question:
    """A question's words, lower-case and in one spelling; a word that was understood is taken out."""

    def __init__(self, text: str) -> None:
        self.code = bool(_CODE.search(text))
        self.written = _split(text)
        self.words = [SPELLINGS.get(each, each) for each in map(str.lower, self.written)]
        self.possessive = [False] * len(self.words)
        self.sentence: list[str] = []  # the words once names were taken, and nothing else
        for at, word in enumerate(self.words):
            if word.endswith(("'s", "s'")) and len(word) > 3:
                self.possessive[at] = True
                self.words[at] = word[:-2] if word.endswith("'s") else word[:-1]
                self.written[at] = self.written[at][: len(self.words[at])]

    @property
    def text(self) -> str:
        """The words that were not taken, a dot for each that was."""
        return " ".join(self.words)

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place where whole words fit."""
        return pattern.search(self.text)

    def find_in_full(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place in the whole sentence, in which names alone are taken."""
        return pattern.search(" ".join(self.sentence))

    def take(self, match: re.Match[str], group: int | str = 0) -> None:
        """Take the words of a match, or of a group of it."""
        first = self.text[: match.start(group)].count(" ")
        self.take_range(first, first + match[group].count(" ") + 1)

    def take_range(self, first: int, end: int, mark: str = TAKEN) -> None:
        """Take the words from `first` up to `end`."""
        self.words[first:end] = [mark] * (end - first)

    def before(self, at: int) -> str:
        """The word before one, articles and the like aside."""
        while at and self.words[at - 1] in {"the", "a", "an", "our", "my", "your", "all"}:
            at -= 1
        return self.words[at - 1] if at else ""

    def left(self) -> list[int]:
        """The places of the words that nobody took."""
        return [at for at, word in enumerate(self.words) if word not in {TAKEN, NAMED}]


def _split(text: str) -> list[str]:
    """The words as they were written, dates as one word each."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern, by in _SUBSTITUTES:
        plain = pattern.sub(by, plain)
    return _WORD.findall(re.sub(r"(?<=\w)-(?=\w)", " ", _HYPHEN.sub(_apart, plain)))


def _apart(match: re.Match[str]) -> str:
    """`sep-oct` and `1-15` are ranges; `pay-outs` is a word."""
    ranged = all(map(_DATED.fullmatch, match.groups()))
    return f"{match[1]} - " if ranged else f"{match[1]} "


@cache
def plain_stem(word: str) -> str:
    """What the regular forms of a word share, by the English Snowball rules."""
    import snowballstemmer

    return str(snowballstemmer.stemmer("english").stemWord(word))


def stem(word: str) -> str:
    """What the forms of a word share, those included that no rule knows."""
    return plain_stem(_IRREGULAR.get(word, word))


def stems(words: Iterable[str]) -> frozenset[str]:
    """The stems of several words."""
    return frozenset(map(stem, words))
