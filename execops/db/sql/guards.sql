-- name: functions
-- Read our functions: what each does, whatever schema it stands in, and whether its search_path is pinned to that schema.
select concat('function ', p.proname, '(', pg_get_function_identity_arguments(p.oid), ')') as name,
       concat_ws('|', pg_get_function_result(p.oid), l.lanname, p.prokind, p.provolatile, p.proisstrict,
                 p.prosecdef, p.proleakproof, p.proparallel,
                 replace(p.proconfig::text, quote_ident(current_schema()), '@schema'),
                 coalesce(p.prosrc, ''), pg_get_expr(p.proargdefaults, 0)) as definition,
       true as is_on
from pg_proc p
join pg_language l on l.oid = p.prolang
where p.pronamespace = quote_ident(current_schema())::regnamespace and not starts_with(p.proname, 'procrastinate')
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by name

-- name: triggers
-- Read the triggers and rules of our tables: what each does, and whether it works for everybody, replication included.
select concat('trigger ', t.tgname, ' on ', c.relname) as name,
       replace(pg_get_triggerdef(t.oid), quote_ident(current_schema()) || '.', '') || '|' || t.tgenabled::text as definition,
       t.tgenabled in ('A', 'O') as is_on
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = quote_ident(current_schema())::regnamespace
  and not starts_with(c.relname, 'procrastinate')
union all
select concat('rule ', r.rulename, ' on ', c.relname), pg_get_ruledef(r.oid), true
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
where c.relkind <> 'v' and c.relnamespace = quote_ident(current_schema())::regnamespace
  and not starts_with(c.relname, 'procrastinate')
order by name
