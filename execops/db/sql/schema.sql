-- name: database_exists
select 1 from pg_database where datname = %s

-- name: table_is_missing
select to_regclass(%s) is null as missing

-- name: half_built_indexes
-- What a killed CREATE INDEX CONCURRENTLY left.
select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
where not i.indisvalid and c.relnamespace = quote_ident(current_schema())::regnamespace
