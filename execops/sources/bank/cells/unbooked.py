"""Lines of a statement that are no movement: pending, refused, reserved; opening and closing balances, totals.

Banks write them into any column, in their own language. The words stand as `headers.plain` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from execops.sources.bank.cells.currencies import is_code
from execops.sources.bank.cells.headers import plain
from execops.sources.bank.cells.unbooked_scripts import NOT_BOOKED, kind_of

# A cell of one of these words alone says that the money has not moved, or never will.
_NOT_BOOKED = frozenset(
    plain(word)
    for word in """pending|pend|processing|in process|in progress|authorized|authorised|authorization|authorisation|authorization hold
    hold|on hold|held|reserved|reservation|scheduled|upcoming|unposted|not posted|unsettled|uncleared|initiated|created|draft|queued
    declined|refused|rejected|failed|failure|cancelled|canceled|reverted|voided|void|expired|blocked|insufficient funds|bounced|denied
    waiting|planned|unsuccessful|under review|in review|not completed|incomplete|to be processed|awaiting|awaiting approval|requires approval|memo|pdng|deleted|removed|in transit|another account|part of a split
    vorgemerkt|vorgemerkte umsätze|umsatz vorgemerkt|umsatz vorgemerkt und nicht gebucht|offen|ausstehend|reserviert|abgelehnt|abgebrochen|in bearbeitung|nicht gebucht|noch nicht gebucht|geplant|fehlgeschlagen|zurückgewiesen|in ausführung|in verarbeitung|nicht ausgeführt
    en attente|en cours|annulé|annulée|refusé|refusée|rejeté|rejetée|à venir|non comptabilisé|échoué|échouée|prévu|prévue|planifié|planifiée|en cours de traitement
    pendiente|retenido|retenida|rechazado|rechazada|cancelado|cancelada|anulado|anulada|en proceso|en trámite|denegado|denegada|fallido|fallida|programado|programada|en curso
    in sospeso|in attesa|annullato|annullata|rifiutato|rifiutata|da contabilizzare|non contabilizzato|autorizzato|in corso|fallito|fallita|non riuscito|in elaborazione|programmato|programmata
    in behandeling|gereserveerd|geweigerd|geannuleerd|openstaand|afgewezen|nog niet verwerkt|mislukt|gepland|in afwachting|in verwerking
    väntar|väntande|reserverat|reserverad|reserverade|preliminär|preliminärt|avvisad|makulerad|reservert|venter|avvist|under behandling|misslyckad|misslyckades|planerad|kommande|feilet|planlagt|ikke bokført
    afventer|afvist|annulleret|slettet|reserveret|reserveres|rezervace|blokace|varaus|varaukset|odottaa|odottava|hylätty|epäonnistunut|fejlet|fejlede
    oczekująca|oczekuje|w realizacji|odrzucona|anulowana|blokada|zablokowana|nierozliczona|nieudana|zaplanowana|oczekujące|odrzucone|w trakcie realizacji
    pendente|agendado|agendada|recusado|recusada|estornado|em processamento|bloqueado|agendamento|falhou|falhado|em processo|čekající|čeká|zamítnuto|zamítnutá|nezaúčtováno|naplánováno|beklemede|reddedildi|iptal edildi|függőben|elutasítva|în așteptare|respinsă|refuzată""".replace(
        "\n", "|"
    ).split("|")
)
# A line whose text begins so is not booked either: "PENDING - AMAZON".
_BEGINS_PENDING = re.compile(
    r"^\W*(?:pending|vorgemerkt|en attente|pendiente|in sospeso|reserved?|authori[sz]ation hold)\s*[-:–*(]",
    re.IGNORECASE,
)
_PENDING_HEADING = re.compile(
    r"(?:pending|unposted|uncleared|scheduled|upcoming|authori[sz]ed|on hold) (?:card )?(?:transactions?|payments?|items?|activity|movements?|authori[sz]ations?)(?: \w+)?"
    r"|(?:vorgemerkte|vorgemerkter|nicht gebuchte|reservierte|geplante|ausstehende|offene) (?:umsatze|buchungen|transaktionen|zahlungen)"
    r"|(?:operations|mouvements|paiements|virements) (?:a venir|en attente|en cours|non comptabilise\w*)|(?:movimientos|operaciones|transacciones|cargos) (?:pendientes|retenid\w+|en proceso|por confirmar)"
    r"|(?:movimenti|operazioni|transazioni) (?:in sospeso|in attesa|non contabilizzat\w|da contabilizzare|autorizzat\w)|(?:gereserveerde|openstaande|nog niet verwerkte) (?:transacties|bedragen|betalingen|boekingen)"
    r"|(?:reserverade|reserverte|reserverede|vantande|kommande|kommende|ventende) (?:kop|belopp|belob|transaktioner|transaksjoner|betalingar|betalinger|posteringer|overforingar)"
    r"|(?:blokady|transakcje|operacje) (?:na rachunku|oczekujace|niezaksiegowane|zablokowane)|(?:lancamentos|transacoes|movimentos) (?:futuros|futuras|pendentes|agendad\w+|a confirmar)|(?:neuctovane|cekajici|rezervovane) (?:platby|transakce|pohyby)"
)
# As people write above what they expect; the words are common ones, so an empty line must stand above.
_EXPECTED_HEADING = re.compile(
    r"(?:still )?(?:not yet|not|yet to be|to be|still to be) (?:in|on|at|through|cleared|booked|posted|presented|received|paid|settled|reconciled|processed)(?: (?:by|in|on|at|the|our|my|your|bank|account|statement|yet|through))*"
    r"|(?:outstanding|unpresented|expected|forecast|future|planned|open|unpaid|due|upcoming|promised|estimated|projected)(?: (?:payments?|receipts?|invoices?|bills?|cheques?|checks?|items?|transactions?|deposits?|lodg\w+|income|costs?|expenses?|inflows?|outflows?|cash ?flows?|movements?|entries))?(?: (?:this|next) (?:week|month))?"
    r"|(?:forecast|outlook|to pay|to receive|to come|coming up|next month|payable|receivable|vorschau|ausblick|erwartet|geplant|offene posten|noch offen|noch zu (?:zahlen|buchen|erwarten))"
    r"|noch nicht (?:auf (?:der|dem) )?(?:bank|konto|gebucht|verbucht|eingegangen|bezahlt|abgebucht)(?: (?:gebucht|eingegangen|abgebucht))?|(?:geplante|erwartete|offene|kommende) (?:zahlungen|eingange|ausgange|rechnungen|posten)"
    r"|pas encore (?:en banque|sur le compte|debite\w*|credite\w*|passe\w*|comptabilise\w*|paye\w*|encaisse\w*)|(?:a payer|a encaisser|previsionnel|previsions?|en suspens|non pointe\w*|cheques non (?:debites|encaisses))"
    r"|(?:aun no|todavia no|no) (?:esta )?(?:en (?:el )?banco|cobrad\w+|pagad\w+|contabilizad\w+|conciliad\w+)|(?:por (?:pagar|cobrar)|pendientes? de (?:cobro|pago|cobrar|pagar)|previsto|prevision(?:es)?|previstos)"
    r"|(?:non ancora|ancora non|ancora da) (?:in banca|pagat\w|pagare|incassat\w|incassare|contabilizzat\w|addebitat\w)|(?:da (?:pagare|incassare)|previsioni|previsti|in arrivo)"
    r"|nog niet (?:op (?:de )?(?:bank|rekening)|betaald|ontvangen|geboekt|verwerkt|afgeschreven)|nog te (?:betalen|ontvangen|boeken)|(?:verwacht|verwachte (?:betalingen|ontvangsten)|prognose)"
    r"|(?:annu inte|inte annu|anda ikke|ikke enna|endnu ikke|ikke endnu) (?:pa (?:banken|kontot|kontoen)|bokfort|bokfort|bogfort|betalt|betald\w*)|(?:att betala|a betale|at betale|forventet|forvantat|prognos)"
    r"|jeszcze nie (?:na koncie|zaksiegowane|w banku)|(?:do zaplaty|planowane|oczekiwane)|ainda nao (?:no banco|pago\w*|recebid\w+)|(?:a pagar|a receber|previsao)|jeste ne(?:uhrazeno|zauctovano)|ocekavane"
)
_OPENING = re.compile(
    r"^(?:(?:opening|beginning|previous day|prior day) (?:ledger|available|collected|book(?:ed)?)|(?:the )?(?:opening|open|beginning|starting|start|initial|previous|last|prior) (?:ledger |account |statement |book )?bal(?:ance)?"
    r"|balance (?:brought )?(?:b f|forward|bf|brought forward|at start|as of start)|brought forward|balance b f"
    r"|(?:letzter|alter|anfangs?|eroffnungs?|anfangssaldo|vortrag) ?(?:kontostand|saldo|bestand)?|saldovortrag|anfangssaldo"
    r"|(?:ancien|solde (?:initial|precedent|anterieur|d ouverture|au debut)) ?(?:solde)?|report"
    r"|saldo (?:inicial|anterior|iniziale|precedente|previo|poczatkowe|de apertura)|begin ?saldo|vorig saldo|oud saldo"
    r"|pocatecni (?:zustatek|stav)|pociatocny (?:zostatok|stav)|nyito egyenleg|saldo inicial|(?:ingaende|inngaende|indgaende) saldo|primo ?saldo|alkusaldo"
    r"|alg ?saldo|sold initial|sold precedent|acilis bakiyesi|onceki bakiye|devreden bakiye|devir bakiyesi|saldo de partida|saldo no inicio"
    r"|eb ?werte?|eroffnungsbilanz\w*|(?:report )?a nouveaux?|(?:asiento de )?apertura|apertura (?:de )?(?:cuentas?|conti|ejercicio)|beginbalans|(?:ingaende|inngaende) balans\w*|abningsbalance|bilans otwarcia"
    r"|likutis pradziai|atlikums (?:perioda )?sakuma|alg ?jaak|anfangsbestand|startsaldo|openingssaldo|ultimo saldo anterior|stan poczatkowy|pradinis likutis|sakuma atlikums|pocetno stanje|zacetno stanje)(?: .*)?$"
)
_CLOSING = re.compile(
    r"^(?:(?:closing|ending|current|current day) (?:ledger|available|collected|book(?:ed)?)|(?:the )?(?:closing|close|ending|end|final|current|new) (?:ledger |account |statement |book )?bal(?:ance)?|carried forward|balance c f"
    r"|balance carried forward|(?:neuer|end|schluss|aktueller) ?(?:kontostand|saldo|bestand)|kontostand|endsaldo|schlusssaldo|saldo(?: per| am| zum)?"
    r"|(?:nouveau|solde (?:final|actuel|de cloture|en fin|au|comptable|crediteur|debiteur)) ?(?:solde)?|saldo (?:final|finale|actual|attuale|koncowe|disponible|contabile|total|do dia|del dia)"
    r"|(?:konecny )?(?:zustatek|stav uctu)|zaro egyenleg|saldo (?:contabilistico|atual)|eind ?saldo|nieuw saldo|huidig saldo|laatste saldo|ledger balance|(?:utgaende|udgaende) saldo|slutsaldo|loppusaldo"
    r"|kon(?:ecny|covy) (?:zustatek|zostatok|stav)|zostatok|zustatek na uctu|lopp ?saldo|sold (?:final|curent|disponibil)|kapanis bakiyesi|son bakiye|guncel bakiye|hesap bakiyesi"
    r"|likutis pabaigai|atlikums (?:perioda )?beigas|lopp ?jaak|(?:boekhoudkundig|geboekt|gebuchter|bogfort) saldo|gebuchter kontostand|buchsaldo|bogfort saldo|(?:disponible|dostepne|disponibelt|beschikbaar|tillgangligt|tilgjengelig) saldo|stan koncowy|saldo ksiegowe|galutinis likutis|beigu atlikums|zavrsno stanje|novo stanje|koncno stanje|konec stanja|saldo a fecha|saldo al dia|saldo en cuenta|saldo no fim"
    r"|ultimo ?saldo|slut ?saldo|disponibelt saldo|bokfort saldo|saldo contabilistico|saldo em|saldo a|saldo alla data|saldo liquido)(?: .*)?$"
    r"|^(?:account )?(?:balance|saldo|solde|kontostand)(?: (?:as of|as at|on|at|am|vom|per|zum|al|au|a|op|til)( .*)?| (?:in )?(?:[a-z]{3}|euros?))?$"
    r"|^現在残高$|^bal(?:ance)? (?:c f|c d|cf|carried down)(?: .*)?$"
)
# "Last" is before the period in one bank's file and at its end in another's, as with Postbank and Deutsche Bank.
_LAST = re.compile(r"^(?:last|letzte[rs]?|dernier|derniere|ostatni|posledni|posledny|senaste|siste|seneste) ")
# A text that says no more than that: a movement whose text is `Opening balance 01.03.2026` is none.
_BESIDE = re.compile(
    r" (?:\d+|as|of|on|at|to|am|vom|per|zum|du|le|au|el|dia|al|il|op|til|den|pr|na|dan|de|del|da|date|datum|fecha|data|euros?|(?P<code>[a-z]{3}))(?= |$)"
)
_BALANCE_ALONE = re.compile(
    r"(?:(?:opening|beginning|closing|ending|current|previous day|prior day) )?(?:ledger|available|collected|book)(?: bal(?:ance)?)?|(?:avg|average) (?:(?:opening|closing|current) )?(?:ledger|available|collected|book|balance)(?: balance)?(?: (?:mtd|ytd|month to date|year to date|prior month|previous month))?"
    r"|(?:0|zero|1|one|2|two|3|three)(?: or more)? days? (?:float|flt|available|funds)|total (?:float|available|ledger)|(?:opening|open|beginning|starting|closing|close|ending|previous|current|ledger) (?:ledger |account |statement |book )?bal(?:ance)?|balance (?:brought|carried) forward|bal(?:ance)? (?:b f|c f|b d|c d|bf|cf|fwd)|(?:brought|carried) forward|(?:opening|closing) booked"
    r"|(?:anfangs|end|schluss|eroffnungs|start)(?:saldo|bestand|kontostand)|(?:alter|neuer|letzter|aktueller) (?:kontostand|saldo)|kontostand|saldovortrag"
    r"|(?:ancien|nouveau) solde|solde (?:initial|precedent|anterieur|d ouverture|de depart|final|actuel|de cloture|en fin de periode|en debut de periode|crediteur|debiteur|comptable|)"
    r"|solde|saldo|balance|saldo (?:inicial|anterior|iniziale|precedente|previo|de apertura|final|finale|actual|attuale|contabile|poczatkowe|koncowe|em conta|do dia|del dia|total|total disponivel|total disponivel dia|disponible|disponivel)"
    r"|(?:begin|start|eind|slut|alku|loppu|primo|ultimo|alg|lopp) ?saldo|(?:vorig|oud|nieuw|huidig|laatste|ingaende|utgaende|inngaende|indgaende|udgaende) saldo"
    r"|(?:boekhoudkundig|geboekt|gebuchter|bogfort|bokfort|beschikbaar|verfugbarer|tillgangligt|disponibelt|tilgjengelig) saldo|buchsaldo|(?:gebuchter|verfugbarer) kontostand"
    r"|eb ?werte?|eroffnungsbilanz\w*|(?:report )?a nouveaux?|asiento de apertura|apertura (?:de )?(?:cuentas?|conti|ejercicio)|beginbalans|(?:ingaende|inngaende) balans\w*|abningsbalance|bilans otwarcia"
    r"|(?:alg|lopp) ?jaak|likutis (?:pradziai|pabaigai)|(?:pradinis|galutinis) likutis|(?:sakuma|beigu) atlikums|atlikums (?:perioda )?(?:sakuma|beigas)"
    r"|(?:pocatecni|konecny|koncovy|pociatocny) (?:zustatek|zostatok|stav)|(?:nyito|zaro) egyenleg|sold (?:initial|final|precedent)|(?:acilis|kapanis) bakiyesi|(?:onceki|devreden) bakiye"
)
_TOTAL_ALONE = re.compile(
    r"(?:grand |sub ?)?totals?|totaux|totali|totales|totais|totalen|(?:sub ?)?totals? (?:of )?(?:all )?(?:credits?|debits?|deposits?|withdrawals?|movements?|transactions?|payments?|money in|money out|in|out|amount)(?: and (?:credits?|debits?))?"
    r"|(?:zwischen|gesamt|umsatz)summe|summe(?: (?:der )?(?:umsatze|buchungen|soll|haben|gutschriften|lastschriften|belastungen))?|total(?: des)? (?:operations|mouvements|debits?|credits?|ecritures)|sous total"
    r"|totale(?: (?:movimenti|entrate|uscite|dare|avere|addebiti|accrediti))?|total (?:de )?(?:cargos|abonos|movimientos|debitos|creditos|ingresos|gastos|entradas|saidas|haber|debe)"
    r"|suma (?:obrotow|obciazen|uznan|operacji)|obroty (?:wn|ma|razem)|razem|celkem|spolu|toplam|osszesen|totaal(?: (?:af|bij|debet|credit))?|yhteensa|i alt|turnover|(?:deebet|kreedit)?kaive|(?:debeta |kredita )?apgrozijums|(?:debeto |kredito )?apyvarta|kopa|viso|kokku"
)
# Money that may be spent or borrowed, as some banks and people write it below the movements.
_LIMIT_ALONE = re.compile(
    r"(?:credit|overdraft|arranged overdraft|spending|card|account) limit|(?:available|remaining) (?:credit|funds|amount|to spend)|arranged overdraft"
    r"|verfugbare[rs]? (?:betrag|rahmen|kreditrahmen)|dispo(?:sitions)?(?:kredit|rahmen|linie|limit)|kredit(?:linie|rahmen|limit)|uberziehungslimit|(?:decouvert|montant) (?:autorise|disponible)|plafond"
    r"|limite (?:de credito|disponible|disponivel|de la tarjeta)|fido(?: accordato)?|(?:krediet|kaart)limiet|bestedingsruimte|(?:beviljad )?(?:kredit|kreditt)(?:grans|limit|ramme)|limit (?:kredytowy|karty|uveru)"
)
_NAMED_BALANCE = re.compile(
    r"(?:[^\W\d]+ ){0,2}(?:balance|saldo|solde|kontostand|bakiye|egyenleg|zustatek|zostatok)"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")  # `closingBalance`
_TOLD = re.compile(
    r"(?P<label>[^\W\d][^\d:]*?)[: ]+(?P<amount>[-+−]?(?:[$€£] ?)?\d[\d.,' \u00a0\u202f]*[.,]\d{2}(?!\d)(?: ?[A-Z]{3}\b| ?[$€£])?)"
)
_AVAILABLE = re.compile(
    r"\b(?:available|dispon[ií]\w+|verfugbar\w*|beschikba\w+|besteedba\w+|tillganglig\w*|tilgjengelig\w*|dostepn\w+|dostupn\w+|disponuj\w+|kaytettavissa|vaba jaak|pieejam\w+|laisv\w+)\b"
)
_DAY = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")
_SUMS = re.compile(
    r"^(?:(?:grand |sub ?)?totals?|sub ?totaal|sub ?totale|sous totaux?|(?:teil|monats|seiten)summe|totaux|totali|totales|totais|totalen|sum|summe|gesamt|zwischensumme|turnovers?|umsatze? (?:soll|haben)|total(?: de)? (?:des |los )?\w*"
    r"|totaal|totale|suma|sommes?|total (?:credits?|debits?|deposits?|withdrawals?|fees?|in|out)|obroty|umsatzsumme|debits|credits"
    r"|net (?:movement|change|total|amount)|net cash flow|difference|differenz|variazione|variacion neta|toplam|razem|celkem|spolu|osszesen|yhteensa|i alt|number of .*|anzahl .*|nombre .*|count)(?: .*)?$"
)


_BOOKED_TITLE = re.compile(
    r"^(?:(?:your )?(?:posted|booked|completed|cleared|settled|recent|processed|past|executed|latest)(?: (?:transactions?|activity|movements?|payments?|charges?|purchases?|items?))?"
    r"|gebuchte (?:umsatze|buchungen|transaktionen)|(?:umsatze|gebucht)|(?:operations?|transactions?|mouvements?) (?:comptabilisee?s|passees?|effectuees?)"
    r"|(?:movimientos?|operaciones|transacciones) (?:contabilizad[oa]s|realizad[oa]s)|(?:movimenti|operazioni) contabilizzat[ie]|verwerkte (?:transacties|betalingen)"
    r"|bokforda transaktioner|bokforte transaksjoner|bogforte posteringer|transakcje (?:rozliczone|zaksiegowane)|zauctovane(?: transakce)?)$"
)


def begins_booked(cells: Sequence[str]) -> bool:
    """Whether a line is the heading of movements that are booked, and nothing else."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and _BOOKED_TITLE.match(plain(filled[0])) is not None


def why_not_booked(cells: Iterable[str]) -> str | None:
    """The word by which a line says that its money has not moved; None where it says no such thing."""
    for cell in cells:
        word = "" if "?" in cell else plain(cell)  # somebody asks: `offen?`
        if word in _NOT_BOOKED or word in NOT_BOOKED or _BEGINS_PENDING.match(cell):
            return cell.strip().casefold()[:40]
    return None


def balances_in(cell: str) -> Iterator[tuple[str, str, str]]:
    """The balances that one cell tells in words: `Saldo iniziale: 6.133,27 Saldo finale: 9.278,29`, with its label and kind."""
    for match in _TOLD.finditer(_DAY.sub(" ", cell)):
        kind = summary([match["label"]])
        if kind in {"opening", "closing"}:
            yield match["label"], kind, match["amount"].strip()


def summary(texts: Sequence[str]) -> str | None:
    """`opening`, `closing` or `total` for a line that tells a balance or a sum; None for any other line."""
    for text in texts:
        words = _unspaced(plain(_CAMEL.sub(" ", text)))
        if not words:
            continue
        if (kind := kind_of(words)) is not None:
            return kind
        if _OPENING.match(words):
            return "opening"
        if _CLOSING.match(words):
            return "closing"
        return "total" if _SUMS.match(words) else None
    return None


def begins_pending(cells: Sequence[str], *, may_begin: bool = False) -> bool | None:
    """Whether a line is the heading of movements that are not booked; None for a line that is no heading.

    A heading has one cell of a few words. `may_begin` says that an empty line stands above it.
    """
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) != 1 or any(map(str.isdigit, filled[0])) or not any(map(str.isalpha, filled[0])):
        return None
    words = plain(filled[0])
    if words in _NOT_BOOKED or words in NOT_BOOKED or _PENDING_HEADING.fullmatch(words) is not None:
        return True
    return may_begin and _EXPECTED_HEADING.fullmatch(words) is not None


def _unspaced(words: str) -> str:
    """`S A L D O` as one word."""
    return words.replace(" ", "") if words and all(len(word) == 1 for word in words.split()) else words


def names_balance(text: str) -> bool:
    """Whether a text is the name of some balance and ends with that word: `History Balance:`."""
    return _NAMED_BALANCE.fullmatch(plain(text)) is not None


def is_available(text: str) -> bool:
    """Whether a balance is called the one that may be spent, which counts reserved money too: the booked one says more."""
    return _AVAILABLE.search(plain(text)) is not None


def says_last(texts: Sequence[str]) -> bool:
    """Whether a balance is called the last one, which may be that before the period or that at its end."""
    return any(_LAST.match(plain(text)) for text in texts)


def tells_no_more(text: str) -> bool:
    """Whether a text is the name of a balance or a sum and nothing else, but for a day and a currency."""
    words = f" {_unspaced(plain(text))}"
    if _BALANCE_ALONE.fullmatch(words.strip()) or kind_of(words) is not None:
        return True
    if _LIMIT_ALONE.fullmatch(words.strip()):
        return True
    bare = _BESIDE.sub(
        lambda word: word[0] if word["code"] and not is_code(word["code"].upper()) else "", words
    ).strip()
    return bool(bare) and bool(_BALANCE_ALONE.fullmatch(bare) or _TOTAL_ALONE.fullmatch(bare))
