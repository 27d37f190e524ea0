-- name: database_exists
-- Check whether the server has a database of this name.
select 1 from pg_database where datname = %(database)s

-- name: table_is_missing
-- Check whether a table is missing.
select to_regclass(%(table)s) is null as missing

-- name: half_built_indexes
-- List the indexes that a killed CREATE INDEX CONCURRENTLY did not finish.
select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
where not i.indisvalid and c.relnamespace = quote_ident(current_schema())::regnamespace

-- name: vacuum_soon
-- Let Postgres clean the tables of the queue and of the checkpoints sooner than others.
select execops_vacuum_soon()

-- name: role_and_owner
-- Read the role of this session, its schema, whether it may create there, who owns our tables, and whether it may act as
-- their owner.
select current_user as role, current_schema() as schema,
       coalesce(has_schema_privilege(current_user, current_schema()::text, 'create'), false) as may_create,
       (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = to_regclass('audit_log')) as owner,
       (select pg_has_role(current_user, c.relowner, 'usage') from pg_class c where c.oid = to_regclass('audit_log')) as owns
