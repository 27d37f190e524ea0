-- Runway: months until the cash is gone. The play that warns of it and the canvas's metric read this one formula.

-- Less came in than went out, by currency, over whole days of a time zone. The sums answer where they are kept in that
-- zone; else the movements do. Transfers between own accounts (bank_transfer, payout, topup) and money that was lent,
-- invested or granted (financing) are neither income nor spend: they are none of these kinds.
create function net_burn(org text, zone text, since date, until date)
returns table (currency text, burnt numeric) language plpgsql stable as $$
declare
    kinds constant text[] := array['charge', 'refund', 'dispute', 'dispute_fee', 'fee', 'adjustment', 'issuing', 'bank'];
begin
    if rollup_zone_of(org) = zone then
        return query select m.currency, -sum(m.money_in + m.money_out)
            from canvas_moves(org, kinds, since, until, 'month') m group by m.currency;
    else
        return query select t.currency, -sum(t.amount_minor)
            from transactions t
            where t.org_id = org and t.kind = any (kinds)
              and t.occurred_at >= since - interval '2 days' and t.occurred_at < until + interval '2 days'
              and (t.occurred_at at time zone zone)::date >= since and (t.occurred_at at time zone zone)::date < until
            group by t.currency;
    end if;
end $$;

-- The first day of which it is known what was spent in a currency.
create function spend_known(org text, zone text, of_currency text) returns date language plpgsql stable as $$
begin
    if rollup_zone_of(org) = zone then
        return (select min(first.start) from unnest(array['issuing', 'bank']) k (kind)
                cross join lateral (
                    select r.start from rollup_kinds r
                    where r.org_id = org and r.grain = 'day' and r.kind = k.kind and r.currency = of_currency
                    order by r.start limit 1) first);
    end if;
    return (select min((t.occurred_at at time zone zone)::date) from transactions t
            where t.org_id = org and t.kind in ('issuing', 'bank') and t.currency = of_currency);
end $$;

-- Runway = cash / average monthly net burn of the last three full months, in each currency by itself.
-- Cash: the latest balance of every account before `before`. The current month is that of the moment before it.
-- `months` is rounded down to a tenth, null while nothing burns. `unknown` says why there is no answer: without a bank
-- account, or three full months of what was spent, a number would say too much.
-- `only_currency` may be null; one row without cash answers where nothing is held (in it).
create function runway_by_currency(org text, zone text, before timestamptz, only_currency text)
returns table (currency text, cash numeric, burn numeric, months numeric, unknown text) language sql stable as $$
    with balance as (
        select * from canvas_balances(org, before)
    ), bank as (
        select exists (select 1 from balance where account <> 'stripe') as is_known
    ), span as (
        select (this.month - interval '3 months')::date as since, (this.month - interval '2 months')::date as second,
               this.month::date as until
        from (select date_trunc('month', (before - interval '1 microsecond') at time zone zone) as month) this
    ), held as (
        select b.currency, sum(b.amount_minor) as cash from balance b
        where only_currency is null or b.currency = only_currency
        group by b.currency
    ), judged as (
        select held.currency, held.cash, coalesce(burnt.burnt, 0) as burnt,
               case when not bank.is_known
                    then 'no bank balance is known: import a bank file with `execops import bank`'
                    when coalesce(spend_known(org, zone, held.currency), span.second) >= span.second
                    then format('fewer than 3 full months of spend in %s are known: import older bank files with'
                                ' `execops import bank`', held.currency) end as unknown
        from held cross join bank cross join span
        left join net_burn(org, zone, span.since, span.until) burnt on burnt.currency = held.currency
    )
    select j.currency, j.cash, case when j.unknown is null then round(j.burnt / 3) end,
           case when j.unknown is null and j.burnt > 0 then greatest(0, div(j.cash * 30, j.burnt)) / 10 end, j.unknown
    from judged j
    union all
    select null, null, null, null,
           format('no %s is known: import a bank file with `execops import bank`',
                  case when bank.is_known then 'balance in ' || only_currency else 'bank balance' end)
    from bank where not exists (select 1 from held)
$$;
