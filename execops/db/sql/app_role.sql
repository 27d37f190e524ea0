-- name: role_exists
-- Check whether the server has a role of this name.
select 1 from pg_roles where rolname = %(role)s

-- name: name_role
-- Name the role that the grants of this transaction are for.
select set_config('execops.app_role', %(role)s, true)

-- name: grant_rights
-- Grant the role what the processes need, and take every other right of it: on tables, functions and the schema.
do $grant$
declare
    app text := quote_ident(current_setting('execops.app_role'));
    schema text := quote_ident(current_schema());
    name text;
    rights text;
begin
    execute concat('grant connect on database ', quote_ident(current_database()), ' to ', app);
    execute concat('revoke all on all tables in schema ', schema, ' from ', app);
    execute concat('revoke all on all sequences in schema ', schema, ' from ', app);
    execute concat('revoke create on schema ', schema, ' from public, ', app);
    execute concat('grant usage on schema ', schema, ' to ', app);
    for name, rights in
        select * from (values
            -- The trail and what it guards. Its functions write the rest as their owner.
            ('action_proposals', 'select, insert, update'),
            ('proposals_effective', 'select'),
            ('proposal_events', 'select, insert, update'),
            ('proposal_versions', 'select'),
            ('openings', 'select, insert, update (dwell_ms)'),
            ('executions', 'select, insert, update'),
            ('audit_log', 'select'),
            ('audit_words', 'select'),
            ('proposal_tallies', 'select'),
            ('execution_tallies', 'select'),
            ('decision_tallies', 'select'),
            ('erasures', 'select'),
            ('prunings', 'select, insert (org_id, before), update (events, bytes)'),
            ('policies', 'select, insert, update'),
            ('suppressions', 'select, insert, delete'),
            ('vendor_aliases', 'select, insert, update'),
            ('own_categories', 'select, insert, update'),
            ('deployments', 'select, update'),
            -- The proof of an operator is written, and never read.
            ('operators', 'select (id, org_id, name, role, limits, created_at, disabled_at, expires_at, last_actor), '
                          'insert (org_id, name, role, limits, token_proof, disabled_at, expires_at), '
                          'update (role, limits, token_proof, disabled_at, expires_at)'),
            ('operator_uses', 'select, insert, update (used_at)'),
            ('approval_rules', 'select, update'),
            ('approvals', 'select, insert'),
            ('approvals_counted', 'select'),
            ('notification_consents', 'select, insert, update'),
            ('notifications', 'select, insert, update'),
            -- The ledger, and the sums that its triggers write.
            ('events', 'select, insert, update'),
            ('snapshots', 'select, insert, update'),
            ('transactions', 'select, insert, update, delete'),
            ('charge_totals', 'select, insert'),
            ('open_amounts', 'select, insert'),
            ('payers', 'select, insert, update'),
            ('balances', 'select, insert, update, delete'),
            ('imports', 'select, insert, update'),
            ('import_rows', 'select, insert'),
            ('mrr_levels', 'select, insert, delete'),
            ('mrr_changes', 'select, insert, delete'),
            ('recoveries', 'select, insert, update'),
            ('verdicts', 'select, insert, delete'),
            ('verdict_tallies', 'select, insert, update'),
            ('backfills', 'select, insert, update, delete'),
            ('rollup_zone', 'select, insert, update'),
            ('rollup_kinds', 'select, insert, update, delete'),
            ('rollup_parties', 'select, insert, update, delete'),
            ('rollup_mrr', 'select, insert, update, delete'),
            ('rollup_events', 'select, insert, update, delete'),
            ('paid_since', 'select, insert, update'),
            ('paid_lately', 'select, insert, update, delete'),
            ('open_invoices', 'select, insert, update, delete'),
            ('resting_subjects', 'select, insert, update'),
            ('canvas_refusals', 'select, insert, update, delete'),
            ('canvas_synonyms', 'select, insert, update'),
            ('troubles', 'select, insert, update'),
            ('vendor_categories', 'select'),
            -- Tables of other packages.
            ('procrastinate_jobs', 'select, insert, update, delete'),
            ('procrastinate_events', 'select, insert, update, delete'),
            ('procrastinate_workers', 'select, insert, update, delete'),
            ('procrastinate_periodic_defers', 'select, insert, update, delete'),
            ('checkpoints', 'select, insert, update, delete'),
            ('checkpoint_blobs', 'select, insert, update, delete'),
            ('checkpoint_writes', 'select, insert, update, delete'),
            ('_yoyo_migration', 'select')
        ) as needs (name, rights)
    loop
        execute concat('grant ', rights, ' on ', schema, '.', quote_ident(name), ' to ', app);
    end loop;
    for name in
        select pg_get_serial_sequence(t.relname, a.attname) from pg_class t join pg_attribute a on a.attrelid = t.oid
        where t.relnamespace = schema::regnamespace and starts_with(t.relname, 'procrastinate')
          and t.relkind = 'r' and pg_get_serial_sequence(t.relname, a.attname) is not null
    loop
        execute concat('grant usage on sequence ', name, ' to ', app);
    end loop;
    foreach name in array array['execops_operator_of(text)', 'execops_prove(text)', 'execops_proven()',
                              'execops_erase(text, text)'] loop
        execute concat('revoke execute on function ', name, ' from public');
        execute concat('grant execute on function ', name, ' to ', app);
    end loop;
end $grant$

-- name: granted
-- List the roles, other than the owner, that were granted the rights of the processes.
select distinct pg_get_userbyid(a.grantee) as role
from pg_class c, aclexplode(c.relacl) a
where c.oid = to_regclass('action_proposals') and a.privilege_type = 'INSERT' and a.grantee not in (0, c.relowner)
order by role

-- name: powers
-- Read what a role could do beside the processes' work: each power is a phrase that follows its name.
select r.rolname as role, array_remove(array[
    case when r.rolsuper then 'is a superuser' end,
    case when pg_has_role(r.oid, c.relowner, 'member') and not r.rolsuper then 'owns the tables' end,
    case when r.rolcreaterole and not r.rolsuper then 'may create roles' end,
    case when has_database_privilege(r.oid, current_database(), 'create') and not r.rolsuper
         then 'may create schemas' end,
    case when has_schema_privilege(r.oid, quote_ident(current_schema()), 'create') and not r.rolsuper
         then 'may create in the schema of the tables' end], null) as powers
from pg_roles r, pg_class c
where r.rolname = coalesce(%(role)s::text, current_user) and c.oid = to_regclass('operators')
