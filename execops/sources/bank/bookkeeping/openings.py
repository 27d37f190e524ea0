"""The opening entry of an account in a company's own books: it has a day and an amount, and moves no money.

Programs for accounting write it among the movements, in words of their own: `Eröffnungsbuchung / Saldovortrag`, `À nouveau`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from execops.sources.bank.cells.headers import plain

# Anywhere in a text. A first deposit (`Opening deposit`) is money that came in, so the words speak of a balance or an entry.
_OPENS = re.compile(
    r"\b(?:eroffnungs?(?:buchung|bilanz|saldo|bestand|wert|konto)\w*|sal(?:do|den) ?vortrag\w*|vortrag(?= |$)(?: aus| vom| per| zum| vorjahr| \d{4}|$)"
    r"|anfangs(?:bestand|saldo|wert)|eb (?:wert|buchung|bilanz)\w*|ebk?(?: \d{4})?$|ubertrag (?:aus )?(?:dem )?vorjahr|saldo ?ubertrag"
    r"|opening (?:bal\w*|entry|entries|journals?)|(?:bal\w* )?(?:b f|b d|bf|bfwd|brought (?:forward|down|fwd)|balance forward)|b fwd|opening bank|initial balance"
    r"|a nouveaux?|(?:ecriture|journal|bilan|solde|balance|report)s? (?:d |de |du |des )?(?:ouverture|reouverture)|solde (?:reporte|initial|anterieur|precedent)|report (?:du )?solde"
    r"|(?:asiento|saldos?|balance|partida) (?:de |del )?apertura|apertura (?:de |del |dei )?(?:ejercicio|conti|cuentas?|esercizio|contabilidad)|saldo (?:inicial|anterior|iniziale|precedente|riportato|de partida)"
    r"|riporto (?:saldo|a nuovo)|saldo (?:a|di) (?:nuovo|riporto|apertura)|begin(?:saldo|balans|stand)|openings?balans|saldo (?:vorig|vorige) (?:jaar|boekjaar|periode)|balans begin\w*"
    r"|(?:ingaende|inngaende|indgaende) (?:balans\w*|saldo)|primo(?:saldo|beholdning|postering)|abnings?(?:saldo|balance|postering)|apningsbalanse|bilans otwarcia|saldo (?:poczatkowe|otwarcia)"
    r"|(?:pocatecni|pociatocny) (?:stav|zustatek|zostatok)|nyito (?:egyenleg|tetel)|alkusaldo|avaussaldo|alg ?saldo|acilis (?:fisi|bakiyesi))\b"
)
_MAY_OPEN = re.compile(
    r"(?:primo|saldo|balance|bal|ab|ib|eb|vortrag|solde|report|reports?|apertura|ouverture|opening balance|begin|riporto|transport|ubertrag|uebertrag|overfort|overfort saldo|bilan|stand)\b"
)
# Words that stand beside them where a text says nothing else.
_BESIDE = re.compile(
    r"\b(?:\d+|am|zum|per|vom|des|der|aus|jahr|vorjahr|bank|konto|girokonto|account|as|at|of|on|from|last|previous|year|du|le|au|de|del|de la|di|il|al|la|compte|banque|banco|cuenta|exercice|ejercicio|esercizio|conto|banca|boekjaar|jaar|rekening|ar|journal|entry|buchung|current)\b"
)


def says_opening(texts: Sequence[str]) -> bool:
    """Whether a text may speak of the balance at the beginning, beside other words; its amount must be the balance as well."""
    return any(_may_open(text) for text in texts)


def tells_opening_alone(texts: Sequence[str]) -> bool:
    """Whether the texts speak of it and of nothing else."""
    if not any(map(_opens, texts)):
        return False
    words = [plain(text) for text in texts if text.strip()]
    bare = [_BESIDE.sub(" ", _OPENS.sub(" ", text)).strip() for text in words]
    return not any(bare)


@lru_cache(maxsize=4096)
def _opens(text: str) -> bool:
    return _OPENS.search(plain(text)) is not None


@lru_cache(maxsize=4096)
def _may_open(text: str) -> bool:
    return _opens(text) or _MAY_OPEN.match(plain(text)) is not None
