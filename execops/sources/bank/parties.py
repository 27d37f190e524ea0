"""The party that a bank's text names: what stands behind "ORIG CO NAME:", before "DES:", between type and place.

Banks write the name into one long text with the kind of the movement before it, and with dates, places, cards and
references behind it. Texts that name nobody (a check, the bank's own fee, a collective order) have no party.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from execops.sources.bank.labelled import labelled
from execops.sources.bank.movement_words import after_kind, before_kind, is_banks_own, places
from execops.sources.bank.purposes import LEGAL_FORMS, to_words


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE | re.VERBOSE) for text in texts)


# The name stands in the group, with a word before it that says so.
_NAMED = _patterns(
    r"ORIG[ ]CO[ ]NAME:\s*(?P<name>.+?)\s*(?:ORIG[ ]ID|DESC[ ]DATE|CO[ ]ENTRY|SEC:|TRACE|EED:|$)",
    r"/?(?:BNF|BNF=|B/O|ORG)[=:]\s*(?P<name>.+?)\s*(?:/|SRF\#?|TRN\#?|RFB\#?|OBI|ID:|REF:|$)",
    r"^(?:Auftraggeber|Empf(?:ä|ae)nger|Beg(?:ü|ue)nstigte[r]?|Zahlungspflichtige[r]?|Zahlungsempf(?:ä|ae)nger|Absender)(?:\*in|in)?:\s*"
    r"(?P<name>.+?)\s*(?:Buchungstext:|Kto/IBAN|IBAN:?|BLZ|BIC:?|Verwendungszweck:?|Ref\.|Kunden|End-to-End|$)",
    r"^card[ ](?:charge|payment|purchase|transaction)[ ]?\((?P<name>[^)]+)\)",
    r"^card[ ]transaction[ ]of[ ].+?[ ]issued[ ]by[ ](?P<name>.+)$",
    r"^(?:sent|received)[ ]money[ ](?:to|from)[ ](?P<name>.+?)(?:[ ]with[ ]reference.*)?$",
    r"^(?:payment|refund|sent|received|paid|transfer|wire|deposit|credit|money|funds|direct[ ]debit|standing[ ]order|faster[ ]payment|bank[ ]transfer)"
    r"[ ](?:received[ ]|sent[ ])?(?:from|to|by(?![ ]authority))[: ][ ]?(?P<name>.+)$",
    r"^(?:gutschrift|lastschrift|(?:ü|ue)berweisung|verg(?:ü|ue)tung|zahlung|belastung|eingang|auftrag|einkauf)[ ](?:von|an|bei|f(?:ü|ue)r)[ ](?P<name>.+)$",
    r"^(?:virement|paiement|versement|pr(?:é|e)l(?:è|e)vement|remise)(?:[ ](?:sepa|instantan(?:é|e)|recu|re(?:ç|c)u|emis|(?:é|e)mis|permanent|web))*[ ](?:en[ ]faveur[ ]de|de|(?:à|a)|vers|pour)[ :][ ]?(?P<name>.+)$",
    r"^(?:transferencia|traspaso|pago|recibo|adeudo|bizum|ingreso)(?:[ ](?:recibida|emitida|inmediata|sepa))*[ ](?:a[ ]favor[ ]de|de|a|en)[ :][ ]?(?P<name>.+)$",
    r"^(?:bonifico|pagamento|addebito|accredito)(?:[ ](?:sepa|ricevuto|istantaneo|diretto|sdd))*[ ](?:a[ ]favore[ ]di|da|a|di|presso)[ :][ ]?(?P<name>.+)$",
    r"(?:^|[ ])naam:\s*(?P<name>.+?)\s*(?:omschrijving:|iban:|kenmerk:|machtiging|incassant|datum/tijd:|valutadatum:|$)",
    r"/NAME/(?P<name>[^/]+)",
    r"^WIRE\b.*?\bORIG(?:INATOR)?[: ]+(?!ID\b)(?P<name>[A-Z].+?)\s*(?:REF:?|TRN:?|$)",
    r"^(?:D?\d{4}[ ])\d{2}[A-Z]{3}\d{2}[ ],\s*(?P<name>[^,]+)",
    r"^(?:\d+[ ])?VIR(?:EMENT)?[ ].*?[ ](?:POUR|DE)[:][ ]?(?P<name>.+?)(?:[ ](?:REF|MOTIF|DATE|ID)\b.*)?$",
    r"^(?:AP|BP|DD|DC|AT)\#\d+[ ](?:TO|FROM)[ ](?P<name>.+?)\s*(?:;|$)",
    r"^paid[ ]to[ ]-[ ](?P<name>.+?)(?:[ ]chk[ ]\d+)?$",
    r"[ ]/(?:DE|POUR|BENEF|DA|PAR)[ ](?P<name>[^/]+?)\s*(?:/|$)",
    r"^(?:BEA|GEA)\b.*?(?:\d\d\.\d\d\.\d\d/\d\d[.:]\d\d|Betaalpas|(?:Apple|Google)[ ]Pay)\s*(?P<name>[^,]+?)\s*,PAS",
    r"^(?:NEFT|RTGS|IMPS|ACH)(?:[ /-](?:CR|DR|D|C))?[ /-][A-Z0-9]+[/-](?P<name>[^/-]+)(?:[/-]|$)",
    r"^UPI[/-](?:(?:payment|pay|upi|p2[am]|[cd]r|\d+)[/-])*(?P<name>[^/-]+)[/-]",
    r"^(?:BIL|INF|MMT|NET)/(?:[A-Z]{2,4}/)?\d+/(?P<name>[^/]+)",
    r"^\d{4}[ ]\d{2}[A-Z]{3}\d{2}(?:[ ]C)?[ ],\s*(?P<name>[^,]+)",
    r"^(?-i:To|From)[ ](?P<name>(?-i:[A-Z]).+)$",
)
# What stands before the name, and is no part of it.
_BEFORE = re.compile(
    r"""^(?:
      (?:recurring|pos|checkcard|check[ ]card|card|debit[ ]card|visa|mastercard|amex|international|contactless|online|non-us|point[ ]of[ ]sale|signature|pin|atm)
        [ ](?:purchase|payment|debit|transaction|pmt|pymt|withdrawal)(?:[ ]return|[ ]refund|[ ]reversal)?(?:[ ]authorized)?(?:[ ](?:on|to|at))?(?:[ ]\d{1,2}/\d{1,2}(?:/\d{2,4})?)?
    | purchase(?:[ ]return|[ ]refund)?(?:[ ]authorized)?(?:[ ]on|[ ]at|[ ]from)?(?:[ ]\d{1,2}/\d{1,2}(?:/\d{2,4})?)?
    | (?:payment|refund|credit)[ ]authorized[ ]on[ ]\d{1,2}/\d{1,2}
    | pos[ ][\dX*]{8,} | (?:pos|ach|web|eft|ppd|ccd|dbt|crd|visa|vis|dd|fpi|fpo|bgc|deb|bp|so|chg|ft|bac|tfr|ext|ddr|cr|dr)(?=[ ][A-Z])
    | (?:domestic[ ]|international[ ]|outgoing[ ]|incoming[ ]|fed(?:wire)?[ ]|book[ ])?wire(?:[ ]transfer)?[ ](?:out|in|to|from|type:\S+)(?:[ ](?:to|from))?
    | obp | zelle(?:[ ]instant)?[ ](?:payment|transfer)?[ ]?(?:to|from) | bill[ ]?pay(?:ment)?(?:[ ]to)? | e-?transfer(?:[ ](?:to|from))?
    | (?:direct|ach|preauthorized|electronic|recurring)[ ](?:debit|credit|deposit|payment|withdrawal|pmt)(?:[ ](?:to|from))?
    | (?:einkauf|zahlung|bezug|kauf)(?:[ ](?:zkb|ubs|visa|mastercard|maestro|debit|twint|karte|card|carte|kreditkarte|mit|kontaktlos|online|am|vom))*(?:[ ]\d{1,2}\.\d{1,2}\.(?:\d{2,4})?)?
        (?:[ ](?:debit|karte|card))*(?:[ ,]*(?:karten?-?|card[ ])?(?:nr|no)\.?[ ]?[xX*\d ]*\d)?[ ,]*
    | (?:sepa[- ])?(?:basis|folge|erst|firmen)?-?lastschrift | (?:sepa[- ])?(?:echtzeit|eil|dauer)?-?(?:ü|ue)berweisung | dauerauftrag | gutschrift | belastung | kartenzahlung | lohn/gehalt
    | (?:bg|pg)-?bet\.? | autogiro | kortk(?:ö|o)p(?:[ ]\d{6})? | k(?:ö|o)p | ins(?:ä|a)ttning | bankgiro(?:inbetalning)? | plusgiro | swish(?:[ ](?:till|fr(?:å|a)n))? | e-?faktura | varek(?:j(?:ø|o)p|(?:ø|o)b) | visa-?k(?:ø|o)b | dankort-?k(?:ø|o)b | betaling | nettbank(?:[ ]til)?
    | bea,?(?:[ ](?:google|apple)[ ]pay)? | gea | ideal | incasso | sepa[ ](?:incasso|overboeking)(?:[ ]algemeen[ ]doorlopend)? | betaalautomaat | overboeking
    | (?:innbetaling|utbetaling|indbetaling|udbetaling|overf(?:ø|o)r(?:sel|ing)|(?:ö|o)verf(?:ö|o)ring)(?:[ ](?:til|fra|till|fr(?:å|a)n))?
    | (?:paiement|achat|facture)(?:[ ]par)?[ ](?:carte|cb)(?:[ ]x?\d{4})?(?:[ ](?:du[ ])?(?:\d{6}|\d{1,2}/\d{1,2}(?:/\d{2,4})?))? | carte[ ](?:x?\d{4}[ ])?\d{1,2}/\d{1,2} | cb | prlv(?:[ ]sepa)? | vir(?:t)?(?:[ ](?:sepa|inst|recu|emis|re(?:ç|c)u))* | virement(?:[ ]sepa)?
    | (?:compra|pago)[ ](?:con[ ]|en[ ])?(?:tarjeta|tarj\.?)?(?:[ ]\d{4})? | adeudo(?:[ ]recibo)? | recibo | domiciliaci(?:ó|o)n
    | (?:pagamento|acquisto|prelievo)(?:[ ](?:pos|carta|con[ ]carta|bancomat|tramite[ ]pos))? | addebito(?:[ ](?:diretto|sdd|carta))? | bonifico(?:[ ]sepa)?
    | (?:płatność|platnosc|zakup|transakcja)(?:[ ](?:kart(?:ą|a)|internetowa|blik))* | przelew(?:[ ](?:wychodz(?:ą|a)cy|przychodz(?:ą|a)cy|zewn(?:ę|e)trzny))?
    )(?=[ :*/.,-]|$)[ :*/.,-]*""",
    re.VERBOSE | re.IGNORECASE,
)
# What stands behind the name.
_BEHIND = _patterns(
    r"[ ]~[ ].*$",
    r"[ ]CB\*?\d+$",
    r",[ ]TARJ(?:ETA)?\b.*$",
    r"[ ]PAS[ ]?\d{2,4}\b.*$",
    r"[ ]karte:[ ]?[\d*x]+.*$",
    r"[ ](?:REFERENCE|MANDATE[ ]NO)\b.*$",
    r"-\d\d:\d\d(?:[ ];.*)?$",
    r"(?<=[A-Z]{4})(?:RENT|PAYROLL|TRANSFER)[ ]PMTS?(?=$|[ (])",
    r"[ ]\((?:cash|margin|pending)\)$",
    r"[ ](?:EFFECTIVE|VALUE|POSTING)[ ]DATE.*$",
    r"[ ]CUSTOMER[ ]ID[ ].*$",
    r"(?:[ ]AMT)?[ ]\d[\d.,]*[ ](?:[A-Z]{3}|@)(?:[ ]?@[ ]?[\d.,]*)?$",
    r"[ ](?:AUD|CAD|CHF|DKK|EUR|GBP|INR|JPY|NOK|NZD|PLN|SEK|SGD|USD)[ ]?\d[\d.,]*(?:[ ].*)?$",
    r"[ ]@[ ]?\d.*$",
    r"[ ][A-Z]{3}/[A-Z]{3}$",
    r"[ ]DES:.*$",
    r"[ ](?:ID|INDN|CO[ ]ID|WEB[ ]ID|PPD[ ]ID|CCD[ ]ID|TRN|SRF|RFB|REF|SEQUENCE|TRACE|ORIG[ ]ID|CONF|CONFIRMATION)[ ]?[:\#=].*$",
    r"//.*$",
    r"[ ](?:card|karte|carte|carta|cartao|tarjeta|kortnr|kaart)[ ]?(?:no\.?|nr\.?|ending(?:[ ]in)?)?[ ]?[xX*]*\d{3,16}(?:[ ].*)?$",
    r"[ ](?:Dato|Datum|Value[ ]Date|kl\.|Den)[ :]+\d.*$",
    r"[ ],[ ].*$",
    r";.*$",
    r"[ ](?:ECH|ID[ ]EMETTEUR|MDT|LIB|MOTIF|REF)/.*$",
    r"[ ](?:mandato|mandat|mandate)[ .:]\S.*$",
    r"[ ]S\d{12,}(?:[ ].*)?$",
    r"[ ]ON[ ]\d{1,2}[ ](?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(?:[ ]\w+)?$",
    r"[ ]ON-LINE[ ].*$",
    r"[ ](?:on[ ])?\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?(?:[ ](?:purchase|payment|refund|return|debit|credit|mobile[ ]purchase|withdrwl|pos))?$",
    r"[ ]/?\d{2}-\d{2}-\d{2}$",
    r"/\d{2}-\d{2}-\d{2}$",
    r"[ ](?:TRANSFER|PAYOUT|PAYOUTS|PAYMENT|PAYMENTS|PAYROLL|ACH|AP[ ]PAYMENT|AP[ ]PAYMT|EDI[ ]PYMNTS|VENDOR[ ]PAY|BILL(?:[ ]?PAYMENT)?|INVOICE|TAX|NET|FEE|AUTOPAY|PYMT|PMT|DEBIT|CREDIT|SALE|CORP[ ]PAY|WEB[ ]PAY|E-?PAYMENT|ACH[ ]PMT|DIRECT[ ]DEP)"
    r"[ ](?=\S*\d)\S+(?:[ ]\S+)*$",
    r"[ ]INV[ .\#-]*\d+(?:[ ].*)?$",
    r"[ ](?:End-to-End-Ref|Mandatsref|Kundenref|Gl(?:ä|ae)ubiger-ID|EREF|MREF|SVWZ|KREF|CRED)[.:+].*$",
    r"[ ][A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?[ ][A-Z]{2}\d{2}[ A-Z0-9]{10,30}(?:[ ].*)?$",
    r"[ ](?:kaufumsatz|kfn|vj|debitk|pin[ ]ok|kartenzahlung|dauerauftrag|lastschrift)(?:[ ].*)?$",
    r"[ ]with[ ]reference[ ].*$",
)
# Texts that name nobody.
_NOBODY = re.compile(
    r"""^(?:
      (?:.{0,20}[ ])?thank[ ]you(?:[ ].*)?$ | deposit[ ]id[ ]number.*$ | (?:EMI|ATW|NWD|EAW)[ -].*$ | checks?(?:[ ](?:paid|card)?[ ]?(?:no\.?|\#|number)?[ ]?\#?[ ]?\d*)?$ | check[ ]?\#.*$ | cheque(?:[ ].*)?$ | ch(?:è|e)que(?:[ ].*)?$
    | (?:mobile|remote|branch|atm|counter|cash|check|online|edeposit|deposit)(?:[ ]check)?[ ]deposit.*$ | deposit(?:[ ](?:mobile|branch|atm|in[ ]branch).*)?$
    | edeposit.*$
    | (?:monthly|account|wire|outgoing[ ]wire|incoming[ ]wire|domestic|international|overdraft|nsf|atm|foreign|stop|returned|paper|service|maintenance|bank|analysis|card|annual|late|cash[ ]advance|membership|transaction|transfer)
        (?:[ ](?:incoming|outgoing|transfer|trans|wire|item|transaction|account|statement|maintenance|service|svc|payment|exchange|membership|cash|balance|analysis|bank|card))*[ ](?:fees?|charges?|chrg)\b.*$
    | (?:fee|service[ ]charge|commission|interest)(?:[ ].*)?$ | interest[ ](?:paid|earned|payment|charge|credit).*$
    | (?:sammel(?:auftrag|(?:ü|ue)berweisung|gutschrift|lastschrift|zahlung|einzug|buchung)|sepa-?sammel).*$ | e-?banking[ ](?:sammel)?auftrag.*$ | zahlungsauftrag.*$ | dauerauftrag$ | gutschrift$ | belastung$ | lastschrift$ | (?:ü|ue)berweisung$
    | (?:konto|depot|karten)?(?:f(?:ü|ue)hrungs?)?-?(?:entgelte?|geb(?:ü|ue)hr(?:en)?|spesen)(?:[ /].*)?$ | entgelt.*$ | kontof(?:ü|ue)hrung.*$ | zinsen?(?:[ ].*)?$ | abschluss(?:[ ].*)?$ | rechnungsabschluss.*$
    | bargeld.*$ | bareinzahlung.*$ | barauszahlung.*$ | cash(?:[ ]withdrawal.*)?$ | atm[ ]withdrawal.*$ | retrait(?![ ]direct).*$ | retirada.*$ | prelievo.*$ | geldautomat.*$ | uttag.*$ | lohn(?:zahlung|lauf)?(?:[ ].*)?$ | salaires?(?:[ ].*)?$
    | (?:kortk(?:ö|o)p|k(?:ö|o)p|ins(?:ä|a)ttning|betalning|bankgiro|autogiro|swish|(?:ö|o)verf(?:ö|o)ring|varekj(?:ø|o)p|overf(?:ø|o)r(?:sel|ing)|innbetaling|pagamento[ ]pos|addebito[ ]diretto|bonifico(?:[ ]a[ ]vostro[ ]favore)?|facture[ ]carte|paiement[ ]carte|vir(?:ement)?[ ](?:sepa[ ])?(?:recu|re(?:ç|c)u|emis|(?:é|e)mis)|prlv[ ]sepa|pr(?:é|e)l(?:è|e)vement|transferencia[ ](?:recibida|emitida)|pago[ ]con[ ]tarjeta|card[ ](?:payment|purchase)|kartenzahlung|betaalautomaat)$
    | frais(?:[ ].*)?$ | cotisation(?:[ ].*)?$ | commissions?(?:[ ].*)?$ | comisi(?:ó|o)n(?:[ ].*)?$ | commissioni?(?:[ ].*)?$ | bolli?(?:[ ].*)?$ | imposta[ ]di[ ]bollo.*$ | competenze.*$ | canone.*$ | kosten(?:[ ].*)?$ | avgift.*$ | gebyr.*$ | r(?:ä|a)nta.*$ | renter?.*$ | prowizja.*$ | op(?:ł|l)ata.*$
    | \d[\d ./-]*$
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_FIRM = re.compile(
    r"(?<= )(?:GmbH|Inc\.?|LLC|Ltd\.?|Limited|AG|Corp\.?|Pty|S\.?A\.?R\.?L\.?|B\.?V\.?|AB|Oy|ApS|S\.?r\.?l\.?)$",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"^(?:\[CK\]\s?.*|(?:check|cheque|chq|ch(?:è|e)?que)(?:[ ](?:paid|no\.?|number|\#))*[ ]?\#?[ ]?\d*(?:[ ]\(\w+\))?)$",
    re.IGNORECASE,
)
_SHORT = 2  # letters that make no name
_SHOP = re.compile(r"#?\d{3,5}")  # the number of a shop
_TO_BUSINESS = re.compile(r"BUSINESS TO BUSINESS ")
_SHOP_BEHIND = re.compile(r"(?<=[a-z]) (?:\d{3,5}(?: [^\W\d_]+)?|\d{3,5})$", re.IGNORECASE)
_CODE = re.compile(r"^\[[A-Z]{2}\]\s*")  # BMO's code of a kind
_RUN = re.compile(r"\s{2,}|\t")  # banks fill a name up with blanks to a fixed width


def party(text: str) -> str:
    """The part of a bank's text that names the party; the text itself where no rule knows better, "" for nobody."""
    text = _CODE.sub("", text.strip())
    for pattern in _NAMED:
        if (match := pattern.search(text)) is not None and any(map(str.isalpha, match["name"])):
            name = " ".join(match["name"].split())
            return "" if names_nobody(name) else _without_place(_behind(name))
    if (announced := labelled(text)) is not None:
        return _without_place(_behind(" ".join(announced.split())))
    if names_nobody(text):
        return ""
    name = _after_kinds(text)
    if not name or names_nobody(name):
        return ""
    head = _RUN.split(name)[0]
    if any(map(str.isalpha, head)):
        name = head
    name = _without_place(_behind(" ".join(name.split())))
    return name if name == text else _SHOP_BEHIND.sub("", name)


def names_nobody(text: str) -> bool:
    """Whether a text names no party: a check, the bank's own fee, cash, a collective order."""
    bare = " ".join(text.split())
    if _FIRM.search(bare):  # `Interest Media GmbH`
        return False
    return bool(_NOBODY.match(bare)) or is_banks_own(bare) or is_banks_own(_behind(bare))


def is_nobodys(text: str) -> bool:
    """Whether a text says that a movement has no party at all, so that no other text names one."""
    bare = " ".join(text.split())
    if _FIRM.search(bare):
        return False
    stripped = _CODE.sub("", bare)
    return bool(_CHECK.match(bare)) or is_banks_own(stripped) or is_banks_own(_behind(stripped))


def _after_kinds(text: str) -> str:
    """The text without the kinds of movements at its beginning; "" where there is nothing else."""
    name = text
    for _ in range(3):
        rest = after_kind(name)
        if rest is None:
            before = _TO_BUSINESS.match(name) or _BEFORE.match(name)
            if before is None or not any(map(str.isalpha, name[before.end() :])):
                break
            rest = name[before.end() :]
        if rest and LEGAL_FORMS.issuperset(to_words(rest).split()):  # `Visa Inc`
            break
        name = rest
    return name


@lru_cache(maxsize=10_000)
def _behind(name: str) -> str:
    for pattern in _BEHIND:
        cut = pattern.sub("", name).strip(" ,;:-")
        if sum(map(str.isalpha, cut)) > 1:
            name = cut
    return before_kind(name)


def _without_place(name: str) -> str:
    """The name without the town and the state that card networks put behind it: `STAPLES SAN JOSE CA`."""
    words = name.split()
    states, regions = places("states"), places("regions")
    while len(words) > 2 and words[-1] in {"US", "USA"} and words[-2].strip(",") in states:
        words.pop()
    if len(words) > 2 and words[-1] in places("countries"):
        words = words[: -3 if len(words) > 3 and words[-2] in states | regions else -2]
    elif len(words) > 2 and _is_region(words):
        bare: Sequence[str] = words[:-2]
        if len(bare) > 1 and bare[-1].casefold().strip(".") in places("town_starts"):
            bare = bare[:-1]
        words = list(bare) if sum(map(str.isalpha, "".join(bare))) > _SHORT else words
        if len(words) > 1 and _SHOP.fullmatch(words[-1]):
            words = words[:-1]
    else:
        return name if len(words) == len(name.split()) else " ".join(words)
    return " ".join(words).rstrip(" ,")


def _is_region(words: Sequence[str]) -> bool:
    """Whether a text ends with a state: `AB` is Alberta behind a comma, else a form of company."""
    region = words[-1]
    if region not in places("states") | places("regions"):
        return False
    return region.casefold() not in LEGAL_FORMS or words[-2].endswith(",")
