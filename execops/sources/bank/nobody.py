"""Texts of movements that have no party, by how they begin: cash from a machine or over the counter, the bank's own fee and interest.

A fee's text may go on with the product that costs it (`COTISATION ESPRIT LIBRE PRO`), and one of cash with the machine's place.
"""

from __future__ import annotations

import re
from functools import lru_cache

from execops.sources.bank.brands import brand
from execops.sources.bank.purposes import LEGAL_FORMS, to_words

# `to_words` writes the texts: small letters, no accents, no signs.
_CASH = re.compile(
    r"(?:(?:non \w+ |\w+ )?atm (?:cash |fee free )?(?:withdrawal|withdrwl|withdraw|wdl|wd|w d|deposit|cash)s?|cash (?:withdrawal|machine|wdl|advance|point|deposit)|cashpoint|counter (?:cash |withdrawal)|(?:atm|nwd|atw|eaw|csh|cpt)(?= \d|$)"
    r"|nwd|atw|self service cash|store cash deposit|withdrawal (?:at )?atm|withdrawal cash|bank ?machine|abm (?:withdrawal|wd)"
    r"|(?:bar)?geld(?:auszahlung|automat|bezug|abhebung|einzahlung|ausgabe)|auszahlung (?:geldautomat|girocard|ga\b|ec)|bargeld|barauszahlung|bareinzahlung|bancomat ?bezug|bezug (?:am )?bancomat|ga nr|geldausgabeautomat|selbstbedienungseinzahlung"
    r"|retrait (?:dab|gab|au distributeur|distributeur|d especes|especes|carte|cb|\d|billets?)|versement (?:d )?especes|vrst especes|depot especes"
    r"|geldopname|geldopneming|opname (?:geldautomaat|kas|contant)|gea |geldautomaat|contante (?:opname|storting)|storting (?:contant|geldautomaat)"
    r"|(?:reintegro|retirada|retiro|disposicion|disp|extraccion)(?: de| en| con)?(?: efectivo| efect| cajero| cajeros| atm| tarjeta)|ingreso (?:en |de )?efectivo|deposito (?:en |de )?efectivo"
    r"|prel(?:ievo|evamento)? (?:bancomat|atm|contante|contanti|presso atm|su atm|da atm)|versamento (?:contante|contanti)"
    r"|saque(?= (?:atm|\d\w*|banco\w*|eletronico|dinheiro|no|em)|$)|levantamento|lev(?:ant)? (?:atm|mb|numerario)|deposito (?:em )?(?:dinheiro|numerario)"
    r"|(?:kontant|bankomat|automat)?uttag (?:bankomat|automat|kontant|sb)|(?:kontant|bankomat)uttag|kontantinsattning|minibank|kontantuttak|kontanthaevning|haevet i (?:automat|pengeautomat)|haeveautomat|kontantindbetaling|automaattinosto|kateisnosto|otto automaatti\w*"
    r"|(?:wyplata|wplata)(?: w| z| we)? (?:gotowki|gotowkowa|bankomat\w*|wplatomat\w*)|bankomat(?! kasse| kartou| karte| zahlung)|(?:vyber|vklad) (?:z bankomatu|hotovosti|hotovost|v hotovosti|atm|kartou|bankomat\w*|z atm)"
    r"|keszpenz\w*|keszpenzfelvetel|retragere (?:de )?numerar|depunere numerar|(?:atm )?(?:nakit|para) (?:cekim|cekme|yatirma)\w*|sularaha valjavott|grynuju|isplata gotovine|dvig gotovine)(?= |$)"
)
_FEE = re.compile(
    r"(?:(?:mensuelle |annuelle |f )?cotis(?:ation)?(?! (?:urssaf|retraite|mutuelle|ordre|syndicat\w*|adherent|cipav|rsi|ssi|agirc|prevoyance|association))|frais(?! (?:de scolarite|scolarite|kilometriques|professionnels|de deplacement|deplacement|medic\w*))|commissions? (?:d |de |sur |carte|virement|interv\w*|mouvement)|arrete de compte|interets? (?:debiteurs?|crediteurs?|sur)|agios"
    r"|bijdrage (?:(?:\w+ )?\w*rekening|business|zakelijk\w*|pack|pakket|bank\w*|rekening|kaart|\w+ pack)|kosten (?:betaal\w*|rekening|zakelijk\w*|gebruik|bank\w*)|beheerskosten|maandelijkse kosten"
    r"|poplat(?:ek|ky|ok) (?:za|z)|poplat(?:ek|ok)$|(?:kreditni|debetni|pripsany|kreditny|debetny) urok|urok(?:y)?$|vedeni uctu|vedenie uctu|sprava uctu|mesicni poplatek|dan z uroku|srazkova dan z"
    r"|oplata (?:za (?:prowadzenie|karte|przelew|obsluge|wyplate|wyciag|rachunek|uzytkowanie)|miesieczna|manipulacyjna)|prowizja (?:za|od)|odsetki(?: od)?|kapitalizacja odsetek|obciazenie oplata"
    r"|(?:comision|com|comisiones)(?: de| por| spei| sobre)? (?:mant\w*|admin\w*|spei\w*|transferencia\w*|tarjeta|servicio\w*|apertura|cheque\w*|saldo|manejo|enviado|banca\w*)|iva (?:com\w*|s com\w*|sobre com\w*|por com\w*)|mantenimiento (?:de )?(?:cuenta|cta)|cuota (?:de )?(?:manejo|tarjeta|mantenimiento)|liquidacion (?:de )?intereses|liq intereses|gmf|gravamen movimientos|4x1000"
    r"|canone (?:mensile|conto|carta|trimestrale|annuo)|spese (?:tenuta|conto|di tenuta|bonifico|trimestrali|invio|gestione)|imposta (?:di )?bollo|bollo|competenze (?:di )?(?:liquidazione|trimestre|chiusura)|interessi (?:e competenze|creditori|debitori|attivi|passivi)|commissioni? (?:su|per|bonifico|prelievo|bancomat|pos|e spese)"
    r"|tarifa (?:de )?(?:pacote|manutencao|bancaria|mensal|emissao|pix|ted)|(?:com|comissao|comissoes) (?:de )?(?:manut\w*|gestao|gest|conta|cta|transf\w*|cart\w*|proc\w*|emissao|levant\w*|cheques?|serv\w*)|manutencao (?:de )?conta|imposto (?:do )?selo|imp(?:osto)? selo|iof|cesta (?:de )?servicos|rendimentos?(?= (?:rend\w*|pago|aplic\w*|poupanca|conta|liquido)|$)|juros"
    r"|pris foretagspaket|membership fee|(?:konto|kort|ars|manads|maneds|arets|bank|pris)(?:avgift\w*|gebyr\w*)|avgift(?:er)? (?:for|konto|kort|bank\w*|swish|foretag\w*)|gebyr (?:for|konto|overforsel|betaling\w*)|rantor?|kreditranta|renter(?: \d+)?|tilskrevne renter|innskuddsrente\w*|korkohyvitys|talletuskorko|tilinhoitomaksu|palvelumaksu\w*|kuukausimaksu"
    r"|(?:havi )?szamlavezetesi dij|szamlavezetes\w*|(?:havi|tranzakcios|forgalmi|kezelesi|kartya|eves) (?:dij|koltseg|zarlati dij)\w*|jutalek|kamat\w*|tranzakcios illetek|(?:comision|comisioane) (?:administrare|lunar\w*|plata|incasare|transfer|tranzactie|retragere|sms)\w*|dobanda\w*|impozit (?:pe )?dobanda"
    r"|hesap isletim ucreti|(?:havale|eft|fast|kart|islem) (?:ucreti|masrafi|komisyonu)|bsmv|(?:mevduat )?faiz(?:i| tahakkuku| gelir\w*)?|stopaj"
    r"|kontofuhrung\w*|kontogebuhr\w*|grundgebuhr konto|rechnungsabschluss|abschluss (?:haben|soll|per)\w*|habenzinsen|sollzinsen|entgelt(?:e)? (?:konto\w*|karte\w*|abschluss)|bankspesen|spesen (?:konto|zahlungsverkehr))(?= |$)"
)
# Barclays writes its code of a movement at the end: `LONDON WALL 06MAR ATM`.
_MACHINE_BEHIND = re.compile(
    r" (?:on )?\d{1,2} ?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (?:\d\d ?\d\d )?(?:atm|csh|cpt)$"
)
# In scripts without blanks or small letters: a fee, interest.
_FEE_ANYWHERE = re.compile(r"手数料|利息|수수료|이자|עמלת|עמלה|ריבית|προμηθεια|τοκοι|комиссия|такса|лихва")
_CASH_KINDS = frozenset(
    {"atm", "cash withdrawal", "cash", "cash deposit", "bankomat", "retrait", "retraits", "retrait carte", "retrait dab", "retrait especes", "geldautomat", "bargeld", "bargeldauszahlung", "barauszahlung", "prelievo", "prelevamento", "prelievo contanti", "reintegro", "uttag", "kontantuttag", "kontantuttak", "minibank", "wyplata gotowki", "wyplata z bankomatu", "wyplata w bankomacie", "vyber z bankomatu", "vyber hotovosti", "geldopname", "geldautomaat", "saque", "levantamento", "nosto", "otto", "automaattinosto", "keszpenzfelvetel", "retragere numerar", "gba", "ga", "gt"}
)  # fmt: skip
_FEE_KINDS = frozenset(
    {"frais bancaires", "frais", "frais et commissions", "bank charges", "bank charge", "account charge", "account fee", "account fees", "service fee", "monthly fee", "charges", "chg", "bankkosten", "bankspesen", "spesen", "kontofuhrung", "kontofuehrung", "kontoentgelt", "poplatek", "poplatky", "poplatok", "poplatky a uroky", "urok", "uroky", "uroky a poplatky", "kreditni urok", "spese e commissioni", "spese bancarie", "prowizje i oplaty", "oplaty", "oplaty i prowizje", "odsetki", "avgifter", "gebyrer", "renter", "ranta", "korko", "palvelumaksu", "comisiones", "comisiones y gastos", "gastos bancarios", "tarifa", "tarifas", "juros", "rendimentos", "dij", "dijak", "kamat", "comision", "comisioane", "dobanda", "ucret", "masraf", "komisyon", "faiz", "interest earned", "interest received", "interest payment", "deposit interest", "zinsen entgelte", "zinsen und entgelte", "abschluss", "fees charges", "fees and charges", "commissions", "commissione", "canone"}
)  # fmt: skip


def _folded(text: str) -> str:
    """The words of a text, with the letter of Turkish that has no accent to lose."""
    return to_words(text.replace("ı", "i"))


@lru_cache(maxsize=10_000)
def is_cash(text: str) -> bool:
    """Whether a text begins as those of cash do, and the machine's owner and place may follow; or ends with the code of a machine."""
    words = _folded(text)
    begin = _CASH.match(words)
    if begin is None:
        return _MACHINE_BEHIND.search(words) is not None
    is_firm = any(len(word) > 2 for word in LEGAL_FORMS.intersection(words.split()))
    return " " in begin[0] or not is_firm  # `Minibank Software GmbH`


@lru_cache(maxsize=10_000)
def is_fee(text: str) -> bool:
    """Whether a text begins as those of the bank's own fee or interest do, and names neither a firm nor a known supplier."""
    words = _folded(text)
    if (
        not (_FEE.match(words) or _FEE_ANYWHERE.search(text) or _FEE_ANYWHERE.search(words))
        or brand(text) is not None
    ):
        return False
    return not any(len(word) > 2 for word in LEGAL_FORMS.intersection(words.split()))


def is_kind_of_cash(label: str) -> bool:
    """Whether the bank's kind of a movement says that it is cash."""
    words = _folded(label)
    return words in _CASH_KINDS or _CASH.fullmatch(words) is not None


def is_kind_of_fee(label: str) -> bool:
    """Whether the bank's kind of a movement says that it is the bank's own fee or interest."""
    return _folded(label) in _FEE_KINDS
