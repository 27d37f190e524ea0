-- name: cash
-- title: Cash
-- definition: The latest known balance of every account that is free to spend, now or at the end of the day before `to`: bank accounts, and what is available at Stripe; where an account moved since, the next known balance less the movements after that day; known_at: the day of that balance
-- unit: money
-- synonyms: accounts | account | cash on hand | cash position | cash balance | bank balance | bank balances
-- synonyms: balances | balance | money in the bank | in the bank | bank | cash in the bank | bank account
-- synonyms: how much money have | how much cash have | money | funds | account balance | account balances
-- synonyms: cash by account | balance by account | money by account | balances by account | cash per account
-- synonyms: liquid cash | liquidity | cash available | money available | cash left | money have left | bank cash
-- synonyms: cash across accounts | money across accounts | money sitting in bank | cash in accounts
-- synonyms: money in accounts | liquid funds | treasury | cash pile | war chest | money on hand
-- synonyms: funds available | left in the bank
-- synonyms: cash on the books | dry powder | cash reserves | reserves | on hand | bank funds
-- synonyms: spendable cash | cash holdings | savings | how much do we have | coffers | kitty | liquid assets
-- also: end | close | had | hold | still | current | bank | account | accounts | money | hand | balance | available | left
-- also: have | sitting | sit
-- samples: cash | how much cash do we have | cash on hand by account | what is in the bank | cash in EUR | cash at the end of September | bank balance on 1 October
-- params: to, currency
-- default_period: now
-- chart: bar
-- columns: account text, currency currency, balance money, known_at date
-- totals: balance
-- behind: proposals runway_low
with asked as (
    select least(%(to)s::date, %(as_of)s::date + 1)::timestamp at time zone %(zone)s::text as until
), held as (
    select b.account, b.currency, b.amount_minor as balance, (b.as_of at time zone %(zone)s::text)::date as known_at,
           (b.counted_from at time zone %(zone)s::text)::date as counted_from
    from asked cross join canvas_balances_at(%(org_id)s::text, asked.until) as b
    where %(currency)s::text is null or b.currency = %(currency)s::text
), answered as (
    select h.account, h.currency, h.balance, h.known_at, null as unknown, null as note from held h
    union all
    select null, null, null, null,
           case when not exists (select 1 from held)
                then 'no balance of that day or before is known: import a bank file with `execops import bank`' end,
           null
    union all
    select null, null, null, null, null,
           'no balance is known of: ' || canvas_without_balance(%(org_id)s::text, asked.until, %(currency)s::text)
    from asked
    union all
    select null, null, null, null, null,
           'counted back, less the movements since: '
           || string_agg(h.account || ' from its balance of ' || h.counted_from, ', ' order by h.account, h.currency)
    from held h where h.counted_from is not null
)
select * from answered
order by unknown nulls first, currency, balance desc, account, note
