-- name: latest
-- Read, among the last thousand events of a source, the latest one that is processed and the latest one that is ignored.
-- The bound keeps it quick however many events there are.
select distinct on (status = 'ignored') id, type, received_at as at, status = 'ignored' as is_ignored,
       (select entry ->> 'ignored' from jsonb_array_elements(outcome) entry where entry ? 'ignored' limit 1) as why
from (select id, type, received_at, status, outcome from events
      where org_id = %(org_id)s and source = %(source)s order by id desc limit 1000) lately
order by status = 'ignored', id desc

-- name: refused
-- Read the latest refusal of a delivery: its code, its time, and how many there were on its day.
select detail as code, last_at as at, count from troubles
where org_id = %(org_id)s and kind = %(kind)s order by day desc limit 1
