-- name: begin
-- Begin to record an import.
insert into imports (org_id, account, file, created_by, digest, shape, account_number, last_actor)
values (%(org_id)s, %(account)s, %(file)s, %(by)s, %(digest)s, %(shape)s, %(account_number)s, '{}')
returning id

-- name: undone_before
-- Count the imports of an account that were taken back.
select count(*) as count from imports where org_id = %(org_id)s and account = %(account)s and undone_at is not null

-- name: extend
-- Add a batch to an import that stands.
update imports
set held = held + %(held)s, booked = booked + %(booked)s, first_day = least(first_day, %(first_day)s),
    last_day = greatest(last_day, %(last_day)s), balances = balances || %(balances)s
where org_id = %(org_id)s and id = %(id)s and undone_at is null

-- name: hold
-- Note the rows that an import holds.
insert into import_rows (org_id, import_id, external_id)
select %(org_id)s, %(id)s, external_id from unnest(%(external_ids)s::text[]) as external_id
on conflict do nothing

-- name: list
-- List imports, the latest first.
select id, account, file, created_by, created_at, held, booked, first_day, last_day, undone_at, undone_by, removed, why,
       digest, shape, account_number
from imports where org_id = %(org_id)s and (%(account)s::text is null or account = %(account)s)
order by id desc

-- name: lock
-- Lock an import to take it back.
select id, account, held, undone_at, undone_by from imports
where org_id = %(org_id)s and id = %(id)s for update

-- name: ignore_events
-- Ignore the events of an import from now on, in the order of their ids; a job that processes one is waited for.
update events set status = 'ignored', processed_at = coalesce(processed_at, now()),
                  outcome = outcome || jsonb_build_array(jsonb_build_object('ignored', %(why)s::text))
where org_id = %(org_id)s and id in (
    select e.id from events e
    where e.org_id = %(org_id)s and e.source = 'bank' and e.payload_json -> 'import' = to_jsonb(%(id)s::bigint)
      and e.id in (select t.event_id from import_rows r join transactions t
                   on t.org_id = r.org_id and t.source = 'bank' and t.external_id = r.external_id
                   where r.import_id = %(id)s
                   union all
                   select b.id from events b
                   where b.org_id = %(org_id)s and b.subject_key = concat('bank:', %(account)s::text))
    order by e.id for no key update)

-- name: remove_rows
-- Take the rows of an import out of the books, but for those that another one holds that stands, and those that were booked
-- before imports were recorded. An event of many rows is large, so each is read once, and not for each row.
with booked as materialized (
    select t.id, t.event_id
    from import_rows r
    join transactions t on t.org_id = r.org_id and t.source = 'bank' and t.external_id = r.external_id
    where r.import_id = %(id)s and r.org_id = %(org_id)s
      and not exists (select 1 from import_rows other join imports i on i.id = other.import_id and i.undone_at is null
                      where other.org_id = r.org_id and other.external_id = r.external_id
                        and other.import_id <> r.import_id)
), recorded as materialized (
    select e.id from events e where e.id in (select distinct event_id from booked) and e.payload_json ? 'import'
)
delete from transactions t
using booked
where t.id = booked.id and booked.event_id in (select id from recorded)
returning t.id, t.currency, t.amount_minor

-- name: part_halves
-- Part the transfers of which one half left the books; what a bank calls a transfer itself stays one.
with halves as materialized (
    select t.id, t.event_id from transactions t
    where t.org_id = %(org_id)s and t.other_half = any(%(ids)s::bigint[]) and t.source = 'bank'
), recorded as materialized (
    select e.id, e.payload_json ->> 'kind' as kind from events e where e.id in (select distinct event_id from halves)
)
update transactions t
set other_half = null, kind = case when recorded.kind = 'bank_transfer' then 'bank_transfer' else 'bank' end
from halves left join recorded on recorded.id = halves.event_id
where t.id = halves.id
returning t.currency, t.amount_minor

-- name: pair
-- Look for another half of lines of these amounts.
select pair_lines(%(org_id)s, %(currencies)s::text[], %(amounts)s::bigint[])

-- name: remove_balances
-- Take the balances of an import out of the books.
delete from balances b
using imports i, jsonb_to_recordset(i.balances) as held (currency text, as_of timestamptz)
where i.id = %(id)s and b.org_id = %(org_id)s and b.account = concat('bank:', i.account)
  and b.currency = held.currency and b.as_of = held.as_of

-- name: restore_balances
-- Put back the balances that the imports of an account hold that stand.
insert into balances (org_id, account, kind, amount_minor, currency, as_of)
select distinct on (held.currency, held.as_of) %(org_id)s, concat('bank:', i.account), 'current', held.amount_minor,
       held.currency, held.as_of
from imports i, jsonb_to_recordset(i.balances) as held (amount_minor bigint, currency text, as_of timestamptz)
where i.org_id = %(org_id)s and i.account = %(account)s and i.undone_at is null
order by held.currency, held.as_of, i.id desc
on conflict do nothing

-- name: undo
-- Record that an import was taken back.
update imports set undone_at = now(), undone_by = %(by)s, removed = %(removed)s, why = %(why)s
where org_id = %(org_id)s and id = %(id)s

-- name: alike
-- List the movements of banks of these days with one of these amounts, by the account of the file that told them. An event
-- of many rows is large, so each is read once, and not for each row.
with alike as materialized (
    select t.id, t.external_id, t.occurred_at, t.amount_minor, t.currency, t.counterparty, t.event_id
    from transactions t
    where t.org_id = %(org_id)s and t.source = 'bank' and t.occurred_at >= %(since)s and t.occurred_at < %(until)s
      and t.amount_minor = any(%(amounts)s::bigint[])
), recorded as materialized (
    select e.id, e.payload_json ->> 'account' as account
    from events e where e.id in (select distinct event_id from alike)
)
select coalesce(recorded.account, '') as account, alike.external_id,
       (alike.occurred_at at time zone %(zone)s)::date as day, alike.amount_minor, alike.currency, alike.counterparty
from alike left join recorded on recorded.id = alike.event_id
order by alike.occurred_at, alike.id

-- name: absent
-- List the movements that other imports of an account hold and this one does not, between its first day and its last one: the
-- bank changed or took back what an earlier file told. The first and the last day may be told in part.
with held as materialized (
    select t.id, t.currency, t.occurred_at
    from import_rows r join transactions t on t.org_id = r.org_id and t.source = 'bank' and t.external_id = r.external_id
    where r.org_id = %(org_id)s and r.import_id = %(id)s
), days as (
    select currency, min(occurred_at) as first_at, max(occurred_at) as last_at from held group by currency
)
select t.external_id, (t.occurred_at at time zone %(zone)s)::date as day, t.amount_minor, t.currency, t.counterparty as vendor
from days join transactions t
  on t.org_id = %(org_id)s and t.source = 'bank' and t.currency = days.currency
 and t.occurred_at > days.first_at and t.occurred_at < days.last_at
where not exists (select 1 from held where held.id = t.id)
  and exists (select 1 from import_rows r join imports i on i.id = r.import_id
              where r.org_id = t.org_id and r.external_id = t.external_id and i.account = %(account)s and i.undone_at is null)
order by t.occurred_at, t.id
limit 1000

-- name: account_days
-- List the days of an account: for each currency the sum of its movements, and the last balance of the day.
select currency, day, sum(moved)::bigint as moved, max(balance) as balance
from (select t.currency, (t.occurred_at at time zone %(zone)s)::date as day, t.amount_minor as moved, null::bigint as balance
      from transactions t
      where t.org_id = %(org_id)s and t.source = 'bank'
        and t.external_id in (select r.external_id from import_rows r join imports i on i.id = r.import_id
                              where i.org_id = %(org_id)s and i.account = %(account)s and i.undone_at is null)
      union all
      (select distinct on (b.currency, (b.as_of at time zone %(zone)s)::date)
              b.currency, (b.as_of at time zone %(zone)s)::date, 0, b.amount_minor
       from balances b
       where b.org_id = %(org_id)s and b.account = concat('bank:', %(account)s::text)
       order by b.currency, (b.as_of at time zone %(zone)s)::date, b.as_of desc)) line
group by currency, day
order by currency, day
