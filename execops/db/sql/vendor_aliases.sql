-- name: listed
-- List the aliases that hold, by vendor, with the number of movements that came under each name.
select a.alias, a.vendor, a.created_by, a.since, a.why,
       (select count(*) from transactions t
        where t.org_id = a.org_id and t.told_as is not null and vendor_key(t.told_as) = a.key) as movements
from vendor_aliases a
where a.org_id = %(org_id)s and a.vendor is not null
order by lower(a.vendor), a.key

-- name: alias
-- Read an alias by any spelling of it; one that was removed has no vendor.
select alias, vendor, created_by from vendor_aliases where org_id = %(org_id)s and key = vendor_key(%(name)s)

-- name: aliases_of
-- List the aliases of a vendor.
select alias from vendor_aliases
where org_id = %(org_id)s and vendor is not null and vendor_key(vendor) = vendor_key(%(vendor)s)
order by key

-- name: spelling
-- Read how the books spell a vendor: as its movements or its other aliases do, else as it is written here.
select coalesce(
    (select counterparty from transactions
     where org_id = %(org_id)s and counterparty is not null and vendor_key(counterparty) = vendor_key(%(vendor)s)
     order by id limit 1),
    (select vendor from vendor_aliases
     where org_id = %(org_id)s and vendor is not null and vendor_key(vendor) = vendor_key(%(vendor)s) limit 1),
    %(vendor)s) as vendor

-- name: set
-- Say which vendor an alias means; null removes the alias. The same answer again changes nothing.
insert into vendor_aliases as a (org_id, key, alias, vendor, created_by, why, last_actor)
values (%(org_id)s, vendor_key(%(alias)s), %(alias)s, %(vendor)s, %(by)s, %(why)s, '{}')
on conflict (org_id, key) do update
set alias = excluded.alias, vendor = excluded.vendor, created_by = excluded.created_by, why = excluded.why, since = now()
where a.vendor is distinct from excluded.vendor

-- name: rename
-- Give the movements that are in the books under an alias the name of its vendor. A trigger knows it.
update transactions set counterparty = counterparty
where org_id = %(org_id)s and counterparty is not null and vendor_key(counterparty) = vendor_key(%(alias)s)

-- name: unname
-- Give the movements that came under an alias their own name again.
update transactions set counterparty = told_as, told_as = null
where org_id = %(org_id)s and told_as is not null and vendor_key(told_as) = vendor_key(%(alias)s)

-- name: canonical
-- Read the names in the books of vendors: by alias, else as earlier movements spell them.
select name, coalesce(
    (select a.vendor from vendor_aliases a where a.org_id = %(org_id)s and a.key = vendor_key(name)),
    (select t.counterparty from transactions t
     where t.org_id = %(org_id)s and t.counterparty is not null and vendor_key(t.counterparty) = vendor_key(name)
     order by t.id limit 1),
    name) as vendor
from unnest(%(names)s::text[]) as name
