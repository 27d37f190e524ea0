"""Transfers between own accounts, where a bank's text says so beyond doubt.

The word "transfer" alone says nothing: suppliers are paid by transfers too. Those are matched by their other half.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from execops.sources.bank.parties.own_words import (
    changes_currency,
    has_transfer,
    moves_between_own,
    names_only_own_accounts,
    names_own_account,
    names_savings_of_firm,
    pays_own_card,
)
from execops.sources.bank.parties.purposes import LEGAL_FORMS, to_words

_ACCOUNT = r"(?:a/?c|acc(?:oun)?t?|ckg|chk|chq|checking|sav(?:ings)?|mma|dda|shr|loc|card|no\.?|ending(?:[ ]in)?|konto|compte|cuenta|conto)"
# An account without its holder's name: `TO ACCOUNT 1 583 ****4471`, `from CHK ...4410`, `TO XXXXX7741`.
_NAMELESS = re.compile(
    rf"""\b(?:(?:transfer|xfer|tfe?r|trf)(?:[ ](?:withdrawal|deposit|debit|credit))?[ ](?:to|from)|payment[ ]from)[ ][ -]*
    (?:(?:{_ACCOUNT}[ ]+)*(?:\d{{1,4}}[ ])*(?:[xX]{{2,}}|[*•]+|\.{{3}})[\dxX*•. -]*\d{{2,}}|(?:ckg|chk|chq|sav|mma|dda)[ ]+\d{{4,}})
    (?:[ ](?:on|ref|conf|netbank|commbank|app|transaction|\#).*)?$""",
    re.IGNORECASE | re.VERBOSE,
)
# Nobody pays another person's savings account out of a company's.
_SAVINGS = re.compile(
    r"(?:\b(?:transfers?|xfer|tfe?r|trf|umbuchung|(?:konto)?[üu]e?bertrag|virement|traspaso|giroconto|överföring|overf[øo]r(?:ing|sel)|överf|overboeking|\w*overschrijving|tilisiirto|przelew|p[řr]evod|ülekanne|siirto)\b|^(?:to|from|naar|van|nach|von|auf|vers|till|til|från|fra|na|verso|hacia)\b).*"
    r"\b(?:savings?|checking|chequing|money market|tagesgeld\w*|spar(?:e)?konto|festgeld\w*|livret|[ée]pargne|ahorros?|risparmio|\w*spaarrekening|säästötili\w*|oszcz[ęe]dno[śs]ciow\w*|spo[řr][ií]c[ií]\w*|sporiac\w*|kasvukonto\w*|opsparing\w*|poupan[çc]a|(?:e-)?depositokonto)(?=\W|$)",
    re.IGNORECASE,
)
# A named account with the end of its number: `Mercury Checking xx2290`.
_OWN_ACCOUNT = re.compile(
    r"\b(?:checking|savings|treasury|(?:operating|main|reserve|payroll|tax) account)(?: account)? ?(?:xx+|[•*]+|\.{3}) ?\d{3,4}$",
    re.IGNORECASE,
)
# Money that changes its currency or comes from a wallet, and forms of single banks: BMO, ANZ, Westpac, CIBC, Chase, Kiwibank, Desjardins.
_FORMS = re.compile(
    r"\bTF \d{3,}#|\bFUNDS TFER TRANSFER +\d+ +(?:TO|FROM) +\d+|\b(?:WITHDRAWAL|DEPOSIT) (?:ONLINE|MOBILE) \d+ TFR\b"
    r"|^INTERNET TRANSFER 0{3,}\d+$|^Payment to (?:\w+ ){1,3}card ending in \d{4}\b"
    r"|^(?:withdrawal|payout|transfer) to (?:your |my |own |our )?bank account\b|^(?:money added|top-?up) (?:from|by|with) .*[*•]\d{4}$"
    r"|^(?:currency exchange|exchanged|converted)\b.*\bto [\d., ]*[A-Z]{3}(?: for [A-Z]{3} balance)?$|^transfer (?:to|from) [A-Z]{3} account$"
    r"|^TRANSFER (?:TO|FROM) .+ - \d\d(?: ;.*)?$"
    r"|(?:^|TRANSFER )\W?TO A/C \d[\d -]*[ ,].*\b(?:POT|RESERVE|SAVER|SAVINGS)\b|\b[A-Z]{3} (?:SAV|CUR) TO [A-Z]{3} (?:SAV|CUR)\b"
    r"|^TRANSFERRED (?:TO|FROM) VS [A-Z]\d\d-?\d{6}|\bTRSF (?:FROM/DE|TO/[AÀ]) ACCT/CPT\b|^TRANSFER (?:TO|FROM) MMA\b|\bTRF TO DDA \d"
    r"|\bpayment to (?:your )?(?:credit card|crd)\b|\b(?:to|from|into) (?:your |my )?savings(?: a/?c| account| acct)?(?: #| ref| conf|$)"
    r"|\btransfer (?:to|from) acc(?:oun)?t ending in \d{3,}|^\d{6} \d{8} INTERNET TRANSFER\b|\bMB TRANSFER (?:TO|FROM) \d[\d -]+$|^(?:TO|FROM): [\d-]+ +I-BANK$"
    r"|\bTO A/C \d{8}\b.*\bXFER\b|^\*(?:MOBI|INET) (?:TFR TO \d|(?:TO )?DEMAND DEP|TO \w+-\d{3}\b|(?:BUS )?(?:DEPOSIT|SAV\w*)\b)"
    r"|^(?:transfer|tfr|trf|xfer) (?:to|from) .+ (?:reserve|savings|tax|vat) (?:a/c|acc(?:oun)?t)$|自己口座|本人口座|自己名義|資金移動|本人账户|本人賬戶|自有账户|본인계좌|본인명의|转至?定期|转存定期|本单位|定期(?:へ|振替)|(?:テイキ|ﾃｲｷ)$|定期預金|定期存款|정기예금|פי?קדון"
    r"|^Transfer ?: \S|^ONLINE BANKING TRANSFER - \d{4}$|^\*(?:MOBI|INET) (?:\w+ ){0,2}(?:DEPOS(?:IT)?|SAVER|SAVINGS?|RESERVE)$|^(?:BANK )?(?:TRANSFER|TFR) (?:TO|FROM) (?:THE )?DEPOSIT$"
    r"|\btransfer (?:to|from) (?:\d{5,} )?(?:share|loan|[SL])[ -]?\d{1,4}$"
    r"|\bTFR-(?:TO|FR) C/C\b|^TFR-(?:TO|FR) \d{6,8}$|\bSAVINGS FT$|^IO AUTOPAY\b"
    r"|^\w[\w ]* · [A-Z]{3} → \w[\w ]* · [A-Z]{3}$|^From Main Account to |^FX (?:TO|FROM) \d[\d-]{5,} [A-Z]{3}$|口座間(?:振替|資金移動)|つかいわけ口座"
    r"|\b(?:to|from) (?:(?:bus(?:iness)?|instant|online|easy|flexible|tax|vat|my|our|the|premium|commercial|company|main|access|high|interest|euro?|usd|gbp) ){0,3}(?:savings?|saver|reserve|deposit)(?: (?:a/?c|acc(?:oun)?t))? (?:tfr|trf|transfer|ft)\b"
    r"|\bONLINE TRANSFER TO .*\bCARD X{4,}\d{4}\b|\b(?:SAVINGS?|SAVER|RESERVE)\b[\d\s-]* FT$"
    r"|^(?:\w+ )?(?:online |mobile )?(?:transfer|tfr|trf|xfer) (?:to|from) .+ (?:reserve|savings|sav|dep|deposit) (?:a/c|acc(?:oun)?t)$"
    r"|預金(?:口座)?(?:へ|から|より)の?(?:お)?振替|(?:普通|定期|積立|ハイブリッド)預金"
    r"|\b(?:TFR|TRANSFER) +\d{6} \d{8}\b(?: INTERNET TRANSFER)?$|\bto .+ bank account ending(?: in)? \d{3,}$"
    r"|^Virement - Acc[eè]?sD .*/ ?(?:EOP|ET|ES|MC|PR|CS)\d*$"
    r"|^(?:money )?(?:transfer(?:red)?|moved?) (?:to|from|into) (?:the |your )?(?:reserve|space|pot|vault|jar|pocket|goal|envelope)s? ?[:\-–] ?\S"
    r"|^(?:на|з|із) банк[иу] «|\b(?:gui|rut|tat toan|gửi|rút|tất toán) (?:tiet kiem|tiết kiệm|tien gui co ky han|tiền gửi có kỳ hạn)\b"
    r"|(?<![^\W\d])(?:pindah|transfer ke|trf ke|setor(?:an)? ke|setoran) (?:dana ke )?(?:tabungan|deposito)\b|\b(?:penempatan|pencairan|pembukaan) deposito\b",
    re.IGNORECASE,
)
# The holder's name may stand before a kind of account that nobody else pays into: `FUNDS TFER TRANSFER 118204 TO KESTREL APPS TAX SAVER`.
_SAVER = re.compile(
    r"(?:\b(?:transfer|tfr|trf|xfer)|\*(?:inet|mobi))(?: \d+)? (?:to|from) (?:(?!inv\b)[^\W\d]+ ){1,4}?"
    r"(?:(?:tax|business|bonus|online|instant|vat|gst|bas|flexi|notice|cash) )*(?:saver|savings?|pocket|pot|vault|(?:reserve|deposit|dep) (?:a/?c|acc(?:oun)?t))(?: (?:a/?c|acc(?:oun)?t))?(?: [x*\d-]+)?$",
    re.IGNORECASE,
)
_INTEREST = re.compile(r"利息|이자|ריבית")
# Israel's and Japan's issuers of cards take the charges of a month at once.
_ISSUER = re.compile(
    r"(?:(?:חיוב|הרשאה|כרטיס|כרטיסי|אשראי|לישראל|ויזה|בע\"מ) ?)*(?:ישראכרט|ויזה כאל|\bכאל|לאומי ?קארד|מקס(?: איט פיננסים)?|דיינרס|אמריקן אקספרס|כרטיסי אשראי(?: לישראל)?)(?: בע\"מ)?[ \d./-]*"
    r"|(?:口座振替 ?)?(?:三井住友|三菱UFJ|楽天|イオン|エポス|オリコ|セゾン|ライフ|ビュー|JCB|ジェーシービー|アメックス|アメリカン・?エキスプレス|ミツイスミトモ|ラクテン|ﾐﾂｲｽﾐﾄﾓ|ﾗｸﾃﾝ)(?:カード|カ[-－]ド|ｶ[-ｰ]ﾄﾞ)(?:サービス|株式会社|[(（]株[)）])?",
    re.IGNORECASE,
)
# A firm or an invoice in the text: the words for a transfer are part of a name, or say how somebody else is paid.
_PAID_FOR = re.compile(
    r" (?:invoice|inv|rechnung|fattura|facture|factura|fatura|faktura|salary|salaries|payroll|wages|gehalt|lohn|miete|rent|loyer) "
)
# The company's own name may stand beside the account that is kept for it: `KESTREL APPS LTD RESERVE A/C`.
_KEPT = re.compile(
    r" (?:depozit\w*|\w*r[uü]e?cklagen?|reserve|savings?|tagesgeld|festgeld|sparkonto|fd|pot|vault|sweep|deposito|depositokonto|eigen\w*|propi[oa]s?|propre|propri[ao]?|egne?|egna|egen|livret|epargne|ahorros?|poupanca|risparmio|sparekonto|opsparing\w*|saastotili\w*|spaarrekening|saver|money market) "
)
# An Italian bank calls so only what stays with one holder.
_OWN_BY_NAME = re.compile(r"^ (?:giroconto|girofondi|giroconti) ")
_WIRED = re.compile(r"\b(?:wire|ach|zelle|bill|inv(?:oice)?)\b", re.IGNORECASE)


# A direct debit as Bank of America and Chase write it, with the fields of the American network.
_ACH = re.compile(
    r"^(?:ORIG CO NAME: ?)?(?P<company>\S.*?)\s+(?:ORIG ID:.*?\bCO ENTRY DESCR:|DES:)(?P<entry>.*?)\s+(?:ID|SEC|INDN|TRACE#):.*$",
    re.IGNORECASE | re.DOTALL,
)
_WITHIN_BANK = re.compile(
    r"\b(?:przelew wewn[ęe]trzny(?: wychodz[ąa]cy| przychodz[ąa]cy)?|na rachunek w banku)\b", re.IGNORECASE
)
_IN_QUICKEN = re.compile(r"\[[^\]]{2,}\]$")  # the other account in the place of a category


_LEAST_WORDS = 4  # of a payment and a firm
_MOST_WORDS_OF_FIRM = 4


class _Texts(NamedTuple):
    labels: frozenset[str]
    phrases: re.Pattern[str]
    to_account: re.Pattern[str]
    service: re.Pattern[str]
    excepted: re.Pattern[str]


def is_own(*labels: str | None) -> bool:
    """Whether a cell for category or type says that both accounts of a movement are the company's."""
    return any(_is_own(label) for label in labels if label)


@lru_cache(maxsize=10_000)
def _is_own(label: str) -> bool:
    return to_words(label) in _texts().labels or moves_between_own(label) or bool(_IN_QUICKEN.match(label))


@lru_cache(maxsize=10_000)
def says_own(text: str) -> bool:
    """Whether a text says that both accounts of a movement are the company's."""
    texts, words = _texts(), f" {to_words(text)} "
    if texts.excepted.search(words) or _PAID_FOR.search(words) or _INTEREST.search(text):
        return False
    is_firms = any(len(word) > 2 for word in LEGAL_FORMS.intersection(words.split()))
    is_moved = not is_firms or has_transfer(text)  # `Own Accounts Consulting GmbH`
    if (names_own_account(text) and is_moved) or _OWN_BY_NAME.search(words):  # a name beside is the holder's
        return True
    if is_firms and names_savings_of_firm(text):
        return True
    if is_firms and not _KEPT.search(words):
        return False
    return bool(
        names_only_own_accounts(text)
        or changes_currency(text)
        or texts.phrases.search(words)
        or texts.to_account.search(words)
        or texts.service.search(words)
        or _SAVINGS.search(text)
        or _NAMELESS.search(text)
        or _OWN_ACCOUNT.search(text)
        or _FORMS.search(text)
        or (not is_firms and _SAVER.search(text))
    )


def says_own_card(text: str) -> bool:
    """Whether all words of a movement say that the holder's own credit card is paid off."""
    bare = _bare_of_ach(text)
    return (pays_own_card(bare) or pays_own_card(_without_firm(bare))) and not _texts().excepted.search(
        f" {to_words(text)} "
    )


def is_issuer(text: str) -> bool:
    """Whether a text names nothing but an issuer of cards that takes the charges of a month at once."""
    return not text.isascii() and _ISSUER.fullmatch(text.strip()) is not None


def _without_firm(text: str) -> str:
    """The text without the firm at its end, which holds the account: `CHASE CREDIT CRD AUTOPAY KESTREL APPS INC`."""
    words = text.split()
    if len(words) < _LEAST_WORDS or to_words(words[-1]) not in LEGAL_FORMS:
        return text
    length = next((at for at in range(len(words), 0, -1) if pays_own_card(" ".join(words[:at]))), 0)
    return " ".join(words[:length]) if len(words) - length <= _MOST_WORDS_OF_FIRM else text


def _bare_of_ach(text: str) -> str:
    """The company and the entry of an American direct debit, whose other fields name the holder: `AMERICAN EXPRESS ACH PMT`."""
    debit = _ACH.match(text)
    return f"{debit['company']} {debit['entry']}" if debit is not None else text


def without_bank(text: str) -> str:
    """The text without words for a transfer within the bank, which another customer may get."""
    return _WITHIN_BANK.sub(" ", text)


def is_wired(text: str) -> bool:
    """Whether a text names a way by which only others are paid, whatever the bank's kind of the movement."""
    return bool(_WIRED.search(text))


@cache
def _texts() -> _Texts:
    import tomllib  # only once a text is to be read

    text = (files("execops.sources.bank.parties") / "transfers.toml").read_text(encoding="utf-8")
    entries: dict[str, list[str]] = tomllib.loads(text)
    either = {kind: "|".join(map(re.escape, words)) for kind, words in entries.items()}
    joint = "(?:to|from|into|auf|vom|von|zu|vers|sur|de|du|a|al|di|naar|van|til|fra|till|fran|na|z)"
    return _Texts(
        labels=frozenset(entries["labels"]),
        phrases=re.compile(f" (?:{either['phrases']}) "),
        to_account=re.compile(
            rf" (?:{either['transfers']}) (?:\w+ )?{joint} (?:\w+ ){{0,2}}(?:{either['accounts']}) (?:account |acct )?(?:x*\d+ )*$"
        ),
        service=re.compile(
            rf"^ (?:{either['services']}) (?:credit )?(?:card|io) (?:payment|autopay|repayment)s? $"
            rf"|^ (?:io|card) autopay $| (?:to|from) (?:{either['services']}) (?:treasury|vault|reserve|credit card) "
        ),
        excepted=re.compile(f" (?:{either['except']}) "),
    )
