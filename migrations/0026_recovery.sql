-- Recovery: what became of the invoices of which a payment failed.

-- What was open and what was paid of an invoice when a payment of it failed, and when a part of it had been paid. Each
-- event tells a row of its own, so the order of arrival does not matter.
create table open_amounts (
    org_id     text not null default 'default',
    invoice    text not null,
    at         timestamptz not null,
    tiebreak   text not null,  -- the event's own key
    failed     boolean not null,  -- a payment failed; else a part was paid
    attempt    bigint not null check (attempt >= 0),
    open_minor bigint not null check (open_minor > 0 or not failed),
    paid_minor bigint not null,
    currency   text not null check (currency ~ '^[A-Z]{3}$'),
    customer   text,
    event_id   bigint references events,
    primary key (org_id, invoice, at, tiebreak)
);
create index open_amounts_failed on open_amounts (org_id, at) where failed;

-- The failed payments that tell their reason.
create index snapshots_declined on snapshots (org_id, subject_key)
    where object_type in ('charge', 'payment_intent') and state ->> 'reason' is not null;

-- The invoices of which a payment failed for the first time in a span of time, of one customer or of all, each once with
-- what was open then. `failed` is the sum of what was paid after an action, after a rejection, after an expiry and by
-- itself, of what is open, and of what is lost. `approved` is what was open where a person approved an action before the
-- invoice was settled. The decline is told only where it is asked for.
--
-- Each part of the money is judged by the moment it was paid: after an action that was executed within thirty days
-- before, as in 0011_recoveries.sql; else after a rejection; else after an expiry; else by itself. A later refund or
-- dispute takes nothing back.
create function invoice_recoveries(org text, since timestamptz, until timestamptz, one text, with_decline boolean)
returns table (invoice text, customer text, currency text, failed_at timestamptz, attempt bigint, decline text,
               decline_class text, failed numeric, approved numeric, after_action numeric, after_rejection numeric,
               after_expiry numeric, by_itself numeric, open numeric, lost numeric) language sql stable as $$
    with first as (
        select f.invoice, f.at, f.attempt, f.customer, f.currency, f.open_minor, f.paid_minor
        from open_amounts f
        where f.org_id = org and f.failed and f.at >= since and f.at < until and (one is null or f.customer = one)
          and not exists (select from open_amounts e
                          where e.org_id = org and e.invoice = f.invoice and e.failed
                            and (e.at, e.tiebreak) < (f.at, f.tiebreak))
    )
    select f.invoice, f.customer, f.currency, f.at, coalesce(last.attempt, f.attempt), told.decline,
           told.decline_class, f.open_minor, case when acts.approved <= ends.settled_at then f.open_minor else 0 end,
           parts.action, parts.rejection, parts.expiry, parts.itself, rest.still_open,
           f.open_minor - parts.minor - rest.still_open
    from first f
    left join snapshots s on s.org_id = org and s.object_id = f.invoice
    left join lateral (
        select min(t.occurred_at) as at, max(t.amount_minor)::numeric as minor from transactions t
        where t.org_id = org and t.kind = 'invoice_paid' and t.external_id = f.invoice and t.currency = f.currency
    ) paid on true
    cross join lateral (
        select coalesce(paid.at, case when s.state ->> 'status' in ('paid', 'void', 'uncollectible') then s.as_of end,
                        'infinity') as settled_at,
               case when s.state ->> 'currency' = f.currency then s.state end as state
    ) ends
    left join lateral (  -- the actions about it
        select min(v.decided_at) filter (where v.approved) as approved,
               min(v.decided_at) filter (where not v.approved) as rejected,
               min(p.expires_at) filter (where p.effective_status = 'expired') as expired,
               array_agg(coalesce(sent.at, p.decided_at)) filter (where p.status = 'executed') as executed
        from proposals_effective p
        left join verdicts v on v.proposal_id = p.id
        left join lateral (select max(e.finished_at) as at from executions e
                           where p.status = 'executed' and e.proposal_id = p.id
                             and e.status in ('succeeded', 'unknown')) sent on true
        where p.org_id = org and p.subject_key = coalesce(f.customer, f.invoice)
          and (p.object_id = f.invoice or f.invoice = any (p.covers))
    ) acts on true
    left join lateral (  -- what was paid of it, by the moments at which it was
        select coalesce(sum(part.minor), 0) as minor,
               coalesce(sum(part.minor) filter (where part.why = 'action'), 0) as action,
               coalesce(sum(part.minor) filter (where part.why = 'rejection'), 0) as rejection,
               coalesce(sum(part.minor) filter (where part.why = 'expiry'), 0) as expiry,
               coalesce(sum(part.minor) filter (where part.why = 'itself'), 0) as itself
        from (
            select max(sums.came) - lag(max(sums.came), 1, 0::numeric) over (order by sums.at) as minor,
                   case when exists (select from unnest(acts.executed) moment
                                     where sums.at - moment between interval '0' and interval '30 days') then 'action'
                        when acts.rejected <= sums.at then 'rejection'
                        when acts.expired <= sums.at then 'expiry'
                        else 'itself' end as why
            from (
                select known.at,
                       least(f.open_minor,
                             greatest(0, max(known.paid) over (order by known.at, known.paid rows unbounded preceding)
                                         - f.paid_minor)) as came
                from (
                    select o.at, o.paid_minor::numeric as paid from open_amounts o
                    where o.org_id = org and o.invoice = f.invoice and o.currency = f.currency and o.at >= f.at
                    union all
                    select greatest(s.as_of, f.at), (ends.state ->> 'amount_paid')::numeric
                    where ends.state ->> 'status' <> 'paid' and paid.at is null
                    union all
                    select paid.at, paid.minor where paid.at is not null
                ) known
            ) sums
            group by sums.at
        ) part
    ) parts on true
    cross join lateral (
        select case when ends.settled_at < 'infinity' then 0
                    else least(f.open_minor - parts.minor,
                               greatest(0, coalesce((ends.state ->> 'amount_remaining')::numeric,
                                                    (ends.state ->> 'amount_due')::numeric
                                                    - coalesce((ends.state ->> 'amount_paid')::numeric, 0),
                                                    f.open_minor))) end as still_open
    ) rest
    left join lateral (
        select o.attempt, o.at, o.open_minor from open_amounts o
        where o.org_id = org and o.invoice = f.invoice and o.failed and o.at <= ends.settled_at
        order by o.at desc, o.attempt desc, o.tiebreak desc limit 1
    ) last on true
    left join lateral (
        select d.state ->> 'reason' as decline, d.state ->> 'decline' as decline_class from snapshots d
        where with_decline and d.org_id = org and d.subject_key = coalesce(f.customer, f.invoice)
          and d.object_type in ('charge', 'payment_intent') and d.state ->> 'reason' is not null
          and d.as_of between coalesce(last.at, f.at) - interval '1 day' and coalesce(last.at, f.at) + interval '1 hour'
          and case when d.state ->> 'invoice' is not null then d.state ->> 'invoice' = f.invoice
                   when s.state -> 'payments' <> '[]'
                   then s.state -> 'payments' ?| array[d.object_id, d.state ->> 'intent', d.state ->> 'charge']
                   else d.state ->> 'currency' = f.currency
                        and (d.state ->> 'amount')::numeric = coalesce(last.open_minor, f.open_minor) end
        order by d.as_of desc, d.object_type, d.object_id desc limit 1
    ) told on true
$$;
