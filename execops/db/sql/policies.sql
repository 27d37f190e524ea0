-- name: all
select kind, name, allowed, decided_by, since, why from policies where org_id = %(org_id)s order by kind, name

-- name: hold_executions
select 1 from policies where org_id = %(org_id)s and kind = 'system' and name = 'executions' for share

-- name: set
insert into policies (org_id, kind, name, allowed, decided_by, why)
values (%(org_id)s, %(kind)s, %(name)s, %(allowed)s, %(decided_by)s, %(why)s)
on conflict (org_id, kind, name) do update
set allowed = excluded.allowed, decided_by = excluded.decided_by, why = excluded.why, since = now()

-- name: switch
insert into policies (org_id, kind, name, allowed, decided_by, why)
values (%(org_id)s, %(kind)s, %(name)s, %(allowed)s, %(decided_by)s, %(why)s)
on conflict (org_id, kind, name) do update
set allowed = excluded.allowed, decided_by = excluded.decided_by, why = excluded.why, since = now()
where policies.allowed <> excluded.allowed  -- somebody was faster
returning 1

-- name: is_suppressed
select 1 from suppressions where org_id = %(org_id)s and subject_key = %(subject_key)s

-- name: suppress
insert into suppressions (org_id, subject_key, created_by, why)
values (%(org_id)s, %(subject_key)s, %(created_by)s, %(why)s)
on conflict (org_id, subject_key) do nothing
