-- Whose file an import is, and balances at past days.

-- The bytes of the file by their digest, its form, and the number of its account where the file tells it.
alter table imports add column digest text, add column shape text, add column account_number text;

drop trigger import_guard on imports;
create trigger import_guard before insert or update on imports
    for each row execute function setting_guard('id', 'org_id', 'account', 'file', 'created_by', 'created_at', 'digest',
                                                'shape', 'account_number');
alter table imports enable always trigger import_guard;

-- The movements of a bank's account in one currency from one moment to another, both included.
create function bank_moves(org text, of_account text, of_currency text, since timestamptz, until timestamptz)
returns table (occurred_at timestamptz, amount_minor bigint) language sql stable as $$
    select t.occurred_at, t.amount_minor
    from transactions t
    where t.org_id = org and t.source = 'bank' and t.currency = of_currency
      and t.occurred_at >= since and t.occurred_at <= until
      and exists (select 1 from import_rows r join imports i on i.id = r.import_id and i.undone_at is null
                  where r.org_id = org and r.external_id = t.external_id and i.account = of_account)
$$;

-- Whether the files of a bank's account that stand cover the days between two moments: a file reaches 28 days further than
-- its last movement, so the file of a whole month is never missing.
create function bank_files_cover(org text, of_account text, since timestamptz, until timestamptz) returns boolean
language sql stable as $$
    select coalesce(range_agg(daterange(i.first_day - 1, i.last_day + 28, '[]'))
                    @> daterange((since at time zone 'UTC')::date, (until at time zone 'UTC')::date, '[]'), false)
    from imports i
    where i.org_id = org and i.account = of_account and i.undone_at is null and i.first_day is not null
$$;

-- The latest balance of every account before a moment, the only reader of balances. If a bank's account moved since that
-- balance, or none is known by then, the balance is the next one that is known less the movements since, and `counted_from`
-- says of when that one is. It is so only where the files of the account tell these movements, and where they prove the
-- balance before, if there is one. The latest balance of a day counts.
create function canvas_balances_at(org text, before timestamptz)
returns table (account text, currency text, amount_minor bigint, as_of timestamptz, counted_from timestamptz)
language sql stable as $$
    with recursive accounts as (
        (select b.account, b.kind, b.currency from balances b where b.org_id = org
         order by b.account, b.kind, b.currency limit 1)
        union all
        select n.account, n.kind, n.currency from accounts a
        cross join lateral (
            select b.account, b.kind, b.currency from balances b
            where b.org_id = org and (b.account, b.kind, b.currency) > (a.account, a.kind, a.currency)
            order by b.account, b.kind, b.currency limit 1) n
    ), spendable as (
        select a.account, a.kind, a.currency, told.amount_minor, told.as_of,
               case when a.account like 'bank:%' then substr(a.account, 6) end as bank
        from accounts a
        left join lateral (
            select b.amount_minor, b.as_of from balances b
            where b.org_id = org and b.account = a.account and b.kind = a.kind and b.currency = a.currency
              and b.as_of < before
            order by b.as_of desc limit 1) told on true
        where a.kind in ('available', 'current')
    ), counted as (
        select s.account, s.currency, next.amount_minor - moved.since as amount_minor, next.as_of as counted_from
        from spendable s
        cross join lateral (
            select min(b.as_of) as as_of from balances b
            where b.org_id = org and b.account = s.account and b.kind = s.kind and b.currency = s.currency
              and b.as_of >= before) first
        cross join lateral (
            select b.amount_minor, b.as_of from balances b
            where b.org_id = org and b.account = s.account and b.kind = s.kind and b.currency = s.currency
              and b.as_of >= before and b.as_of < first.as_of + interval '12 hours'
            order by b.as_of desc limit 1) next
        cross join lateral (
            select coalesce(sum(m.amount_minor), 0) as since
            from bank_moves(org, s.bank, s.currency, before, next.as_of) m) moved
        where s.bank is not null
          and next.amount_minor - moved.since between -9223372036854775808 and 9223372036854775807
          and bank_files_cover(org, s.bank, coalesce(s.as_of, before), next.as_of)
          and case when s.as_of is null
                   then exists (select 1 from bank_moves(org, s.bank, s.currency, '-infinity', before))
                   else next.amount_minor - moved.since - s.amount_minor <> 0
                        and next.amount_minor - moved.since - s.amount_minor
                            = (select sum(m.amount_minor) from bank_moves(org, s.bank, s.currency, s.as_of, before) m
                               where m.occurred_at > s.as_of and m.occurred_at < before) end
    )
    select s.account, s.currency, coalesce(c.amount_minor, s.amount_minor)::bigint,
           case when c.account is null then s.as_of else before - interval '1 microsecond' end, c.counted_from
    from spendable s left join counted c on c.account = s.account and c.currency = s.currency and s.kind = 'current'
    where s.as_of is not null or c.account is not null
$$;

-- The latest balance of every account that is free to spend, before a moment: see canvas_balances_at.
create or replace function canvas_balances(org text, before timestamptz)
returns table (account text, currency text, amount_minor bigint, as_of timestamptz) language sql stable as $$
    select b.account, b.currency, b.amount_minor, b.as_of from canvas_balances_at(org, before) b
$$;

-- The names of the accounts that have movements before a moment, in a currency or in any, and no balance by then.
create function canvas_without_balance(org text, before timestamptz, only_currency text) returns text
language sql stable as $$
    with held as materialized (
        select b.account from canvas_balances_at(org, before) b where only_currency is null or b.currency = only_currency
    )
    select string_agg(account, ', ' order by account)
    from (select distinct i.account from imports i
          where i.org_id = org and i.undone_at is null
            and concat('bank:', i.account) not in (select h.account from held h)
            and exists (select 1 from import_rows r
                        join transactions t on t.org_id = org and t.source = 'bank' and t.external_id = r.external_id
                        where r.import_id = i.id and t.occurred_at < before
                          and (only_currency is null or t.currency = only_currency))) bare
$$;
