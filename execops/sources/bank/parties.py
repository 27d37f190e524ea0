"""The party that a bank's text names: what stands behind "ORIG CO NAME:", before "DES:", between type and place.

Banks write the name into one long text with the kind of the movement before it, and with dates, places, cards and
references behind it. Texts that name nobody (a check, the bank's own fee, a collective order) have no party.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from execops.sources.bank.labelled import labelled


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
    r"^(?:payment|transfer|wire|deposit|credit|money|funds|direct[ ]debit|standing[ ]order|faster[ ]payment|bank[ ]transfer)"
    r"[ ](?:received[ ]|sent[ ])?(?:from|to|by)[: ][ ]?(?P<name>.+)$",
    r"^(?:gutschrift|lastschrift|(?:ü|ue)berweisung|verg(?:ü|ue)tung|zahlung|belastung|eingang|auftrag|einkauf)[ ](?:von|an|bei|f(?:ü|ue)r)[ ](?P<name>.+)$",
    r"^(?:virement|paiement|versement|pr(?:é|e)l(?:è|e)vement|remise)(?:[ ](?:sepa|instantan(?:é|e)|recu|re(?:ç|c)u|emis|(?:é|e)mis|permanent|web))*[ ](?:de|(?:à|a)|vers|pour|en[ ]faveur[ ]de)[ :][ ]?(?P<name>.+)$",
    r"^(?:transferencia|traspaso|pago|recibo|adeudo|bizum|ingreso)(?:[ ](?:recibida|emitida|inmediata|sepa))*[ ](?:de|a|a[ ]favor[ ]de|en)[ :][ ]?(?P<name>.+)$",
    r"^(?:bonifico|pagamento|addebito|accredito)(?:[ ](?:sepa|ricevuto|istantaneo|diretto|sdd))*[ ](?:da|a|a[ ]favore[ ]di|di|presso)[ :][ ]?(?P<name>.+)$",
    r"(?:^|[ ])naam:\s*(?P<name>.+?)\s*(?:omschrijving:|iban:|kenmerk:|machtiging|incassant|datum/tijd:|valutadatum:|$)",
    r"/NAME/(?P<name>[^/]+)",
    r"[ ]/(?:DE|POUR|BENEF|DA|PAR)[ ](?P<name>[^/]+?)\s*(?:/|$)",
    r"^(?:BEA|GEA)\b.*?(?:\d\d\.\d\d\.\d\d/\d\d[.:]\d\d|Betaalpas|(?:Apple|Google)[ ]Pay)\s*(?P<name>[^,]+?)\s*,PAS",
    r"^(?:NEFT|RTGS|IMPS|ACH)(?:[ /-](?:CR|DR|D|C))?[ /-][A-Z0-9]+[/-](?P<name>[^/-]+)[/-]",
    r"^UPI[/-](?:\d+[/-])?(?P<name>[^/-]+)[/-]",
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
    | zelle(?:[ ]instant)?[ ](?:payment|transfer)?[ ]?(?:to|from) | bill[ ]?pay(?:ment)?(?:[ ]to)? | e-?transfer(?:[ ](?:to|from))?
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
_STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
        "PR",
    ]
)
# Countries as card networks write them, and the regions before some of them.
_COUNTRIES = frozenset(
    "GBR NLD AUS NZL USA CAN DEU FRA ESP ITA IRL SGP IND CHE AUT BEL SWE NOR DNK FIN POL PRT LUX".split()  # noqa: SIM905
)
_REGIONS = _STATES | frozenset("NS NSW VI VIC QL QLD SA TA TAS AC ACT NT ON QC BC AB MB SK NB".split())  # noqa: SIM905
# The first words of towns of two words.
_TOWN_STARTS = frozenset(
    [
        "san",
        "santa",
        "los",
        "las",
        "new",
        "fort",
        "ft",
        "saint",
        "st",
        "palo",
        "mountain",
        "salt",
        "el",
        "la",
        "north",
        "south",
        "east",
        "west",
        "long",
        "grand",
        "kansas",
        "oklahoma",
        "virginia",
        "colorado",
        "redwood",
        "menlo",
        "foster",
        "daly",
        "baton",
        "little",
        "des",
        "corpus",
        "jersey",
        "costa",
        "half",
        "beverly",
        "culver",
        "boca",
        "coral",
        "ann",
        "cedar",
    ]
)
# Texts that name nobody.
_NOBODY = re.compile(
    r"""^(?:
      checks?(?:[ ](?:paid|card)?[ ]?(?:no\.?|\#|number)?[ ]?\#?[ ]?\d*)?$ | check[ ]?\#.*$ | cheque(?:[ ].*)?$ | ch(?:è|e)que(?:[ ].*)?$
    | (?:mobile|remote|branch|atm|counter|cash|check|online|edeposit|deposit)(?:[ ]check)?[ ]deposit.*$ | deposit(?:[ ](?:mobile|branch|atm|in[ ]branch).*)?$
    | edeposit.*$
    | (?:monthly|account|wire|outgoing[ ]wire|incoming[ ]wire|domestic|international|overdraft|nsf|atm|foreign|stop|returned|paper|service|maintenance|bank|analysis|card|annual|late|cash[ ]advance|membership|transaction|transfer)
        (?:[ ](?:incoming|outgoing|transfer|trans|wire|item|transaction|account|statement|maintenance|service|svc|payment|exchange|membership|cash|balance|analysis|bank|card))*[ ](?:fees?|charges?|chrg)\b.*$
    | (?:fee|service[ ]charge|commission|interest)(?:[ ].*)?$ | interest[ ](?:paid|earned|payment|charge|credit).*$
    | (?:sammel(?:auftrag|(?:ü|ue)berweisung|gutschrift|lastschrift|zahlung|einzug|buchung)|sepa-?sammel).*$ | e-?banking[ ](?:sammel)?auftrag.*$ | zahlungsauftrag.*$ | dauerauftrag$ | gutschrift$ | belastung$ | lastschrift$ | (?:ü|ue)berweisung$
    | (?:konto|depot|karten)?(?:f(?:ü|ue)hrungs?)?-?(?:entgelte?|geb(?:ü|ue)hr(?:en)?|spesen)(?:[ /].*)?$ | entgelt.*$ | kontof(?:ü|ue)hrung.*$ | zinsen?(?:[ ].*)?$ | abschluss(?:[ ].*)?$ | rechnungsabschluss.*$
    | bargeld.*$ | bareinzahlung.*$ | barauszahlung.*$ | cash(?:[ ]withdrawal.*)?$ | atm[ ]withdrawal.*$ | retrait.*$ | retirada.*$ | prelievo.*$ | geldautomat.*$ | uttag.*$ | lohn(?:zahlung|lauf)?(?:[ ].*)?$ | salaires?(?:[ ].*)?$
    | (?:kortk(?:ö|o)p|k(?:ö|o)p|ins(?:ä|a)ttning|betalning|bankgiro|autogiro|swish|(?:ö|o)verf(?:ö|o)ring|varekj(?:ø|o)p|overf(?:ø|o)r(?:sel|ing)|innbetaling|pagamento[ ]pos|addebito[ ]diretto|bonifico(?:[ ]a[ ]vostro[ ]favore)?|facture[ ]carte|paiement[ ]carte|vir(?:ement)?[ ](?:sepa[ ])?(?:recu|re(?:ç|c)u|emis|(?:é|e)mis)|prlv[ ]sepa|pr(?:é|e)l(?:è|e)vement|transferencia[ ](?:recibida|emitida)|pago[ ]con[ ]tarjeta|card[ ](?:payment|purchase)|kartenzahlung|betaalautomaat)$
    | frais(?:[ ].*)?$ | cotisation(?:[ ].*)?$ | commissions?(?:[ ].*)?$ | comisi(?:ó|o)n(?:[ ].*)?$ | commissioni?(?:[ ].*)?$ | bolli?(?:[ ].*)?$ | imposta[ ]di[ ]bollo.*$ | competenze.*$ | canone.*$ | kosten(?:[ ].*)?$ | avgift.*$ | gebyr.*$ | r(?:ä|a)nta.*$ | renter?.*$ | prowizja.*$ | op(?:ł|l)ata.*$
    | \d[\d ./-]*$
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_RUN = re.compile(r"\s{2,}|\t")  # banks fill a name up with blanks to a fixed width


def party(text: str) -> str:
    """The part of a bank's text that names the party; the text itself where no rule knows better, "" for nobody."""
    for pattern in _NAMED:
        if (match := pattern.search(text)) is not None and any(map(str.isalpha, match["name"])):
            return _without_place(_behind(" ".join(match["name"].split())))
    if (announced := labelled(text)) is not None:
        return _without_place(_behind(" ".join(announced.split())))
    if names_nobody(text):
        return ""
    name = text.strip()
    for _ in range(3):
        before = _BEFORE.match(name)
        if before is None or not any(map(str.isalpha, name[before.end() :])):
            break
        name = name[before.end() :]
    head = _RUN.split(name)[0]
    if any(map(str.isalpha, head)):
        name = head
    return _without_place(_behind(" ".join(name.split())))


def names_nobody(text: str) -> bool:
    """Whether a text names no party: a check, the bank's own fee, cash, a collective order."""
    return bool(_NOBODY.match(" ".join(text.split())))


def _behind(name: str) -> str:
    for pattern in _BEHIND:
        cut = pattern.sub("", name).strip(" ,;:-")
        if sum(map(str.isalpha, cut)) > 1:
            name = cut
    return name


def _without_place(name: str) -> str:
    """The name without the town and the state that card networks put behind it: `STAPLES SAN JOSE CA`."""
    words = name.split()
    if len(words) > 2 and words[-1] in _COUNTRIES:
        return " ".join(words[: -3 if len(words) > 3 and words[-2] in _REGIONS else -2])
    if len(words) < 3 or words[-1] not in _STATES:
        return name
    kept: Sequence[str] = words[:-2]
    if len(kept) > 1 and kept[-1].casefold().strip(".") in _TOWN_STARTS:
        kept = kept[:-1]
    return " ".join(kept) or name
