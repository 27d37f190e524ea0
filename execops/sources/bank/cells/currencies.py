"""The currencies of ISO 4217, and what signs such as `$` stand for in the books of a company."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

# Active codes of ISO 4217 (https://www.iso.org/iso-4217-currency-codes.html), without funds and metals.
CODES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905
)
# The numbers of ISO 4217 that banks write in the place of codes.
_OF_NUMBER = dict(
    pair.split(":")
    for pair in """032:ARS 036:AUD 124:CAD 152:CLP 156:CNY 170:COP 203:CZK 208:DKK 344:HKD 348:HUF 352:ISK 356:INR 376:ILS 392:JPY
    398:KZT 410:KRW 484:MXN 504:MAD 554:NZD 578:NOK 604:PEN 643:RUB 702:SGD 710:ZAR 752:SEK 756:CHF 764:THB 784:AED 826:GBP 840:USD
    933:BYN 941:RSD 946:RON 949:TRY 975:BGN 978:EUR 980:UAH 985:PLN 986:BRL""".split()  # noqa: SIM905
)
# The currencies that a sign may stand for, the likeliest first. `kr` and `¥` stand for several alike.
_SIGNS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "₽": ("RUB",),
    "₪": ("ILS",),
    "₴": ("UAH",),
    "₫": ("VND",),
    "₱": ("PHP",),
    "₦": ("NGN",),
    "฿": ("THB",),
    "₸": ("KZT",),
    "₾": ("GEL",),
    "₡": ("CRC",),
    "₵": ("GHS",),
    "৳": ("BDT",),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "Ft": ("HUF",),
    "lei": ("RON",),
    "TL": ("TRY",),
    "Rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "R$": ("BRL",),
    "Rp": ("IDR",),
    "RM": ("MYR",),
    "S/": ("PEN",),
    "CA$": ("CAD",),
    "US$": ("USD",),
    "A$": ("AUD",),
    "HK$": ("HKD",),
    "S$": ("SGD",),
    "NZ$": ("NZD",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
# A currency in words, as titles and names of columns have it: also in scripts that have no code of three letters.
_NAMED = {
    "EUR": r"\beuros?\b|\bевро\b|ευρώ|欧元|歐元|ユーロ",
    "USD": r"\b(?:us|u\.s\.|american)[ -]dollars?\b|\bdollars? (?:am[ée]ricains?|us)\b|\bd[óo]lares (?:americanos|estadounidenses)\b|美元|долл",
    "GBP": r"\bpounds? sterling\b|\bbritish pounds?\b|\b(?:britische )?pfund sterling\b|\blivres? sterling\b|\blibras? esterlinas?\b|英镑",
    "CAD": r"\bcanadian dollars?\b|\bdollars? canadiens?\b",
    "AUD": r"\baustralian dollars?\b",
    "NZD": r"\bnew zealand dollars?\b",
    "SGD": r"\bsingapore dollars?\b",
    "HKD": r"\bhong kong dollars?\b|港幣|港币|港元",
    "CHF": r"\bswiss francs?\b|\bschweizer ?franken\b|\bfrancs? suisses?\b|\bfranchi svizzeri\b",
    "INR": r"\bindian rupees?\b|रुपये|रुपए",
    "ILS": r"ש[\"״'׳]{1,2}ח|שקל(?:ים)?|\b(?:israeli )?(?:new )?shekels?\b",
    "RUB": r"\bруб(?:л\w+)?\b",
    "UAH": r"\bгрн\b|гривн",
    "BGN": r"\bлв\b|\bлева\b",
    "RSD": r"\bдин(?:ара)?\b",
    "KZT": r"тенге",
    "BYN": r"белорусских рублей|бел\. ?руб",
    "JPY": r"(?<=[(（\d])円|日元|日本円|\bjapanese yen\b",
    "CNY": r"人民币|人民幣|\brenminbi\b",
    "TWD": r"新[台臺][幣币]|[台臺][幣币]",
    "KRW": r"(?<=[(（\d])원|원화",
    "THB": r"บาท",
    "AED": r"درهم إماراتي|\bu\.?a\.?e\.? dirhams?\b",
    "SAR": r"ريال سعودي|\bsaudi riyals?\b",
    "PLN": r"\bz[łl]ot(?:y|ych|e)\b",
    "CZK": r"\bkorun česk\w+|\bčesk\w+ korun\w*|\bczech korun\w+",
    "SEK": r"\bsvenska kronor\b|\bswedish kron(?:a|or)\b",
    "NOK": r"\bnorske kroner\b|\bnorwegian kroner?\b",
    "DKK": r"\bdanske kroner\b|\bdanish kroner?\b",
    "BRL": r"\bbrazilian reais?\b|\breais\b",
    "MXN": r"\bpesos mexicanos\b|\bmexican pesos?\b|\bmoneda nacional\b",
    "ZAR": r"\bsouth african rand\b",
    "TRY": r"\bt[üu]rk liras[ıi]\b|\bturkish liras?\b",
    "NGN": r"\b(?:nigerian )?naira\b",
    "GHS": r"\b(?:ghana(?:ian)? )?cedis?\b",
    "KES": r"\bkenya(?:n)? shillings?\b|\bksh\b",
    "EGP": r"\begyptian pounds?\b|جنيه مصري",
    "QAR": r"\bqatari ri[ya]als?\b|ريال قطري",
    "KWD": r"\bkuwaiti dinars?\b|دينار كويتي",
    "MAD": r"\bmoroccan dirhams?\b|درهم مغربي",
    "COP": r"\bpesos? colombianos?\b",
    "CLP": r"\bpesos? chilenos?\b",
    "ARS": r"\bpesos? argentinos?\b",
    "PEN": r"\b(?:nuevos )?soles\b",
    "VND": r"đồng|\bvietnamese dong\b",
    "IDR": r"\brupiah\b",
    "GEL": r"ლარი",
    "AZN": r"\bmanat\b",
    "HUF": r"\bmagyar forint\b|\bhungarian forints?\b",
}
_WORD = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _NAMED.items()), re.IGNORECASE)
# Codes that the name of an account may tell. Other codes are words too: `TOP Konto`, `ALL accounts`.
_IN_NAMES = frozenset(
    """AED AUD BGN BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NGN NOK NZD PHP PLN RUB SAR SEK SGD
    THB TRY TWD UAH USD VND ZAR""".split()  # noqa: SIM905
)
_SIGN = re.compile(
    r"(?<![^\W\d_])(?:CA\$|US\$|HK\$|NZ\$|A\$|S\$|R\$|[€£₹₩₺₽₪₴₫₱₦฿₸₾₡₵৳$¥]|zł|kr|Kč|Rs(?=\.? ?\d)|Rp(?=\.? ?\d)|RM(?= ?\d)|S/(?=\.? ?\d))(?![^\W\d_])"
    r"|(?:(?<=\d)|(?<=\d[ \u00a0])|(?<=\())(?:Ft|lei|TL)(?![^\W\d_])"  # beside a number alone: they are words too
)
_BESIDE_NUMBERS = frozenset({"TL", "Ft", "lei", "Rp", "RM"})
_OF_NUMBERS = "0123456789.,-+ "  # a cell of these alone has no sign, as most amounts have none
_BRACKETED = re.compile(r"[(\[]([A-Z]{3})[)\]]\s*$|\b([A-Z]{3}) ?[(\[][\dxX*.… -]+[)\]]\s*$")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_FIRM_OF_MALAYSIA = re.compile(r"\bSDN\.? BHD\b")  # no dinar of Bahrain

# The country of an IBAN, as far as it has a currency of its own; every other country of the euro has EUR.
_OF_COUNTRY = {
    "GB": "GBP",
    "CH": "CHF",
    "LI": "CHF",
    "PL": "PLN",
    "CZ": "CZK",
    "HU": "HUF",
    "SE": "SEK",
    "NO": "NOK",
    "DK": "DKK",
    "RO": "RON",
} | dict.fromkeys(
    (
        "AT",
        "BE",
        "CY",
        "DE",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PT",
        "SI",
        "SK",
    ),
    "EUR",
)
# Words of headers in the language of a currency whose sign others share.
_LANGUAGES = {
    "SEK": re.compile(r"belopp|bokförings|insättning|uttag|\bköp\b|saldo efter|avsändare|mottagare"),
    "DKK": re.compile(r"beløb|bogført|bogførings|indsat|hævet|tekst\b.*\bbalance"),
    "NOK": re.compile(r"beløp|bokført|inn på konto|ut fra konto|innskudd|uttak"),
    "ISK": re.compile(r"upphæð|dagsetning|færsl"),
    "JPY": re.compile(r"[\u3040-\u30ff]|残高|日付|円|摘要.*残"),
    "CNY": re.compile(r"余额|金额|账|币|收入|支出.*余"),
}
_IBAN = re.compile(r"\b([A-Z]{2})\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")


def of_iban(texts: Iterable[str]) -> str | None:
    """The currency of the one country whose accounts stand in some texts; None without one, and for several."""
    countries = {match[1] for text in texts for match in _IBAN.finditer(text)}
    codes = {_OF_COUNTRY.get(country) for country in countries}
    return codes.pop() if len(codes) == 1 else None


def is_code(text: str) -> bool:
    """Whether a text is a code of ISO 4217: `TTC` and `VAT` are none."""
    return text.strip().upper() in CODES


def is_sign(text: str) -> bool:
    """Whether a text is the sign or the name of a currency and nothing else: `€`, `kr`, `Euro`."""
    bare = text.strip().rstrip(".")
    return bare in _BESIDE_NUMBERS or _SIGN.fullmatch(bare) is not None or _WORD.fullmatch(bare) is not None


def code_in(text: str) -> str | None:
    """The one code that stands in a text as a word of its own, in capitals; None for none and for several."""
    codes = {code for code in _CODE.findall(text) if code in CODES}
    return codes.pop() if len(codes) == 1 else None


def of_lines(above: Sequence[str]) -> str | None:
    """The one code in the lines above a table; one that has a cell of its own counts before those among words. None for several."""
    alone = {cell.strip() for cell in above if cell.strip().isupper() and is_code(cell)}
    codes = alone or {code for cell in above if (code := code_in(_FIRM_OF_MALAYSIA.sub("", cell)))}
    return codes.pop() if len(codes) == 1 else None


def of_account(name: str) -> str | None:
    """The currency that the name of an account tells, `RBC Business Chequing (CAD)`; None without one, and for several."""
    code = code_in(name)
    return code if code in _IN_NAMES else None


def of_sign(text: str, books: str) -> str | None:
    """The currency of the sign in a text, such as `-$6.50`; the books' own where the sign may stand for it.

    None without a sign, and for a sign that may stand for several currencies of which none is the books'.
    """
    if not text.strip(_OF_NUMBERS):
        return None
    if (alone := text.strip().rstrip(".")) in _BESIDE_NUMBERS:
        return _SIGNS[alone][0]
    match = _SIGN.search(text)
    if match is None:
        word = _WORD.search(text)
        return word.lastgroup if word else None
    codes = _SIGNS[match[0]]
    if books in codes:
        return books
    return codes[0] if len(codes) == 1 or match[0] == "$" else None


def of_many(cells: Sequence[str], header: Sequence[str], books: str) -> tuple[str, ...]:
    """The currencies that a sign of several may stand for, such as `kr`: one by the language of the header, else all of them.

    None of them where the books have one of these currencies.
    """
    signs = {match[0] for cell in cells if cell.strip(_OF_NUMBERS) and (match := _SIGN.search(cell))}
    if len(signs) != 1 or (sign := signs.pop()) == "$" or books in _SIGNS[sign] or len(_SIGNS[sign]) == 1:
        return ()
    words = " ".join(header).casefold()
    spoken = [code for code in _SIGNS[sign] if (words_of := _LANGUAGES.get(code)) and words_of.search(words)]
    return tuple(spoken) if len(spoken) == 1 else _SIGNS[sign]


def one_sign(cells: Iterable[str], books: str) -> str | None:
    """The currency that all signs of these cells stand for; None where there is none, or where they differ."""
    signs = {
        of_sign(cell, books)
        for cell in cells
        if cell.strip(_OF_NUMBERS) and (_SIGN.search(cell) or _WORD.search(cell) or is_sign(cell))
    }
    return signs.pop() if len(signs) == 1 else None


def of_one_column(below: Sequence[Sequence[str]], columns: Iterable[int]) -> str | None:
    """The one code that stands beside every amount of one of these columns, `EGP 8550.00`; None without such a column."""
    for at in columns:
        cells = [cells[at] for cells in below if at < len(cells) and any(map(str.isdigit, cells[at]))]
        codes = {code_in(cell) for cell in cells}
        if len(codes) == 1 and (code := codes.pop()):
            return code
    return None


def of_number(number: str) -> str | None:
    """The code of a currency's number in ISO 4217, which may have a further zero in front; None for a number not listed here."""
    return _OF_NUMBER.get(number[-3:]) if number[:-3] in {"", "0"} else None


def of_units(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> str | None:
    """The one code that a line below the header tells under the names of amounts, as the unit of these columns; None without one."""
    for cells in rows:
        units = {cells[at].strip() for at in columns if at < len(cells) and cells[at].strip()}
        if len(units) == 1 and (unit := units.pop()).isupper() and unit in CODES:
            return unit
    return None


def of_titles(below: Iterable[Sequence[str]], columns: Mapping[str, int]) -> str | None:
    """The one currency that the names of all accounts in a table tell: in their column, or alone in the lines above movements."""
    at = columns.get("account")
    if at is not None:
        dated = (cells for cells in below if columns["date"] < len(cells) and cells[columns["date"]].strip())
        codes = {of_account(cells[at]) for cells in dated if at < len(cells) and cells[at].strip()}
    else:
        titles = (
            filled[0] for cells in below if len(filled := [cell for cell in cells if cell.strip()]) == 1
        )
        codes = {code for title in titles if (code := _at_end(title))}
    return codes.pop() if len(codes) == 1 else None


def _at_end(title: str) -> str | None:
    """The code in brackets at the end of a title, or before the number of the account: words of a footer may speak of another currency."""
    match = _BRACKETED.search(title)
    code = (match[1] or match[2]) if match else None
    return code if code in CODES else None
