"""The words in the column of the sign for money that goes out, and for money that comes in, as `headers.plain` writes them."""

from __future__ import annotations

OUT = frozenset(
    word.replace("_", " ")
    for word in """af ausgang belastung cargo charge d dare db dbit debe debet debit debito dr lastschrift minus money
    money_out obciazenie out outgoing paid paid_out s soll uit ut withdrawal wydatek""".split()
)
IN = frozenset(
    word.replace("_", " ")
    for word in """abono avere bij c cr crdt credit credito deposit eingang gutschrift h haben haber in incoming k
    kredit kt money_in paid_in plus uznanie wplyw""".split()
)
