-- name: add
-- Add counts to today's rows, and wake whoever waits for a delivery: a row for each kind, from a JSON array of kind, count,
-- detail and the seconds since the last.
insert into troubles as t (org_id, kind, day, count, detail, first_at, last_at)
select %(org_id)s, n.kind, (now() at time zone 'UTC')::date, n.count, n.detail,
       now() - make_interval(secs => n.ago), now() - make_interval(secs => n.ago)
from jsonb_to_recordset(%(counts)s::jsonb) as n (kind text, count bigint, detail text, ago double precision)
on conflict (org_id, kind, day) do update
set count = t.count + excluded.count, detail = excluded.detail, last_at = greatest(t.last_at, excluded.last_at)
returning pg_notify('execops_troubles', kind)::text

-- name: lately
-- List the troubles of the last day, the latest first; a row counts whole days of UTC.
select kind, sum(count)::bigint as count, (array_agg(detail order by last_at desc))[1] as detail, max(last_at) as last_at
from troubles
where org_id = %(org_id)s and last_at > now() - interval '1 day'
group by kind order by max(last_at) desc

-- name: totals
-- Count every trouble since the beginning, by kind.
select kind, sum(count)::bigint as count from troubles where org_id = %(org_id)s group by kind order by kind
