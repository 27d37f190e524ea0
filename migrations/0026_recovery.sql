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
    with first as materialized (
        select f.invoice, f.at, f.attempt, f.customer, f.currency, f.open_minor, f.paid_minor
        from open_amounts f
        where f.org_id = org and f.failed and f.at >= since and f.at < until and (one is null or f.customer = one)
          and not exists (select from open_amounts e
                          where e.org_id = org and e.invoice = f.invoice and e.failed
                            and (e.at, e.tiebreak) < (f.at, f.tiebreak))
    ), states as materialized (
        select f.invoice, paid.at as paid_at, paid.minor, s.as_of, s.state ->> 'status' as status,
               coalesce(s.state -> 'payments', '[]') as payments,
               case when s.state ->> 'currency' = f.currency then (s.state ->> 'amount_paid')::numeric end as part,
               case when s.state ->> 'currency' = f.currency
                    then coalesce((s.state ->> 'amount_remaining')::numeric,
                                  (s.state ->> 'amount_due')::numeric
                                  - coalesce((s.state ->> 'amount_paid')::numeric, 0)) end as remaining
        from first f
        left join snapshots s on s.org_id = org and s.object_id = f.invoice
        left join lateral (
            select min(t.occurred_at) as at, max(t.amount_minor) as minor from transactions t
            where t.org_id = org and t.kind = 'invoice_paid' and t.external_id = f.invoice
              and t.currency = f.currency) paid on true
    ), ends as materialized (
        select s.*, coalesce(s.paid_at, case when s.status in ('paid', 'void', 'uncollectible') then s.as_of end,
                             'infinity') as settled_at
        from states s
    ), actions as materialized (
        select f.invoice, p.effective_status as status, p.expires_at, coalesce(sent.at, p.decided_at) as executed_at,
               v.approved, v.decided_at as judged_at
        from first f
        join proposals_effective p on p.org_id = org and p.subject_key = coalesce(f.customer, f.invoice)
                                  and (p.object_id = f.invoice or f.invoice = any (p.covers))
        left join verdicts v on v.proposal_id = p.id
        left join lateral (select max(e.finished_at) as at from executions e
                           where p.status = 'executed' and e.proposal_id = p.id
                             and e.status in ('succeeded', 'unknown')) sent on true
    ), known as (
        select o.invoice, o.at, o.paid_minor::numeric as paid
        from first f join open_amounts o on o.org_id = org and o.invoice = f.invoice and o.currency = f.currency
                                        and o.at >= f.at
        union all
        select f.invoice, greatest(e.as_of, f.at), e.part
        from first f join ends e on e.invoice = f.invoice
        where e.part > 0 and e.status <> 'paid' and e.paid_at is null
        union all
        select e.invoice, e.paid_at, e.minor from ends e where e.paid_at is not null
    ), sums as (
        select k.invoice, k.at, least(f.open_minor, greatest(0, max(k.paid) over w - f.paid_minor)) as came
        from known k join first f on f.invoice = k.invoice
        window w as (partition by k.invoice order by k.at, k.paid rows unbounded preceding)
    ), parts as (
        select s.invoice, s.at,
               max(s.came) - lag(max(s.came), 1, 0::numeric) over (partition by s.invoice order by s.at) as minor
        from sums s group by s.invoice, s.at
    ), judged as (
        select p.invoice, p.at, p.minor,
               case when bool_or(a.status = 'executed'
                                 and p.at - a.executed_at between interval '0' and interval '30 days') then 'action'
                    when bool_or(not a.approved and a.judged_at <= p.at) then 'rejection'
                    when bool_or(a.status = 'expired' and a.expires_at <= p.at) then 'expiry'
                    else 'itself' end as why
        from parts p left join actions a on a.invoice = p.invoice
        where p.minor > 0
        group by p.invoice, p.at, p.minor
    ), paid as (
        select j.invoice, sum(j.minor) as minor,
               coalesce(sum(j.minor) filter (where j.why = 'action'), 0) as action,
               coalesce(sum(j.minor) filter (where j.why = 'rejection'), 0) as rejection,
               coalesce(sum(j.minor) filter (where j.why = 'expiry'), 0) as expiry,
               coalesce(sum(j.minor) filter (where j.why = 'itself'), 0) as itself
        from judged j group by j.invoice
    ), counted as (
        select f.*, e.settled_at, e.payments, coalesce(p.action, 0) as action, coalesce(p.rejection, 0) as rejection,
               coalesce(p.expiry, 0) as expiry, coalesce(p.itself, 0) as itself,
               f.open_minor - coalesce(p.minor, 0) as rest,
               case when e.settled_at < 'infinity' then 0
                    else least(f.open_minor - coalesce(p.minor, 0), greatest(0, coalesce(e.remaining, f.open_minor)))
                    end as still_open
        from first f join ends e on e.invoice = f.invoice left join paid p on p.invoice = f.invoice
    )
    select c.invoice, c.customer, c.currency, c.at, coalesce(last.attempt, c.attempt), told.decline, told.decline_class,
           c.open_minor,
           case when exists (select from actions a
                             where a.invoice = c.invoice and a.approved and a.judged_at <= c.settled_at)
                then c.open_minor else 0 end,
           c.action, c.rejection, c.expiry, c.itself, c.still_open, c.rest - c.still_open
    from counted c
    left join lateral (
        select o.attempt, o.at, o.open_minor from open_amounts o
        where o.org_id = org and o.invoice = c.invoice and o.failed and o.at <= c.settled_at
        order by o.at desc, o.attempt desc, o.tiebreak desc limit 1) last on true
    left join lateral (
        select s.state ->> 'reason' as decline, s.state ->> 'decline' as decline_class from snapshots s
        where with_decline and s.org_id = org and s.subject_key = coalesce(c.customer, c.invoice)
          and s.object_type in ('charge', 'payment_intent') and s.state ->> 'reason' is not null
          and s.as_of between coalesce(last.at, c.at) - interval '1 day' and coalesce(last.at, c.at) + interval '1 hour'
          and case when s.state ->> 'invoice' is not null then s.state ->> 'invoice' = c.invoice
                   when c.payments <> '[]'
                   then c.payments ?| array[s.object_id, s.state ->> 'intent', s.state ->> 'charge']
                   else s.state ->> 'currency' = c.currency
                        and (s.state ->> 'amount')::numeric = coalesce(last.open_minor, c.open_minor) end
        order by s.as_of desc, s.object_type, s.object_id desc limit 1) told on true
$$;
