"""Ten thousand pending proposals: tests and the bench show that they do not slow the inbox down."""

from __future__ import annotations

from execops.context import Context
from execops.model import Actor

MANY = 10_000


async def propose_many(ctx: Context, count: int = MANY, *, beyond: int = 0) -> None:
    """Insert `count` pending proposals, a quarter of each urgency.

    They are numbered from the number after `beyond`: number 10,000 is critical, number 3 is low.
    """
    async with ctx.transaction(Actor.system("worker")) as conn:
        await conn.execute(
            "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key,"
            " payload, reasoning, evidence, drafted_by, amount_minor, currency, dedupe_key, thread_id,"
            " expires_at, version, payload_sha256, last_actor)"
            " select (array['critical', 'high', 'medium', 'low'])[1 + n %% 4], 'money', 'card_update', 'email',"
            " 'Card failed: Customer ' || n || ', attempt 1', 'in_' || n, 'cus_' || n,"
            " jsonb_build_object('to', 'a' || n || '@acme.example', 'from', 'b@acme.example', 'subject', 'Hi',"
            " 'text', repeat('Your card was declined. ', 30)), 'First failed charge.', '[[\"Invoice\", \"open\"]]',"
            " '{\"author\": \"rules\"}', n * 100, 'USD', 'card_update:in_' || n, 't' || n,"
            " now() + interval '14 days', 1, '', '{}' from generate_series(%s::int, %s::int) n",
            (beyond + 1, beyond + count),
        )
