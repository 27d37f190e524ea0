-- name: listed
-- List the vendors that a person put into a category, by category.
select vendor, category, created_by, since, why from own_categories
where org_id = %(org_id)s and category is not null
order by category, key

-- name: set
-- Put a vendor into a category; null takes that back. The same answer again changes nothing.
insert into own_categories as c (org_id, key, vendor, category, created_by, why, last_actor)
values (%(org_id)s, vendor_key(%(vendor)s), %(vendor)s, %(category)s, %(by)s, %(why)s, '{}')
on conflict (org_id, key) do update
set vendor = excluded.vendor, category = excluded.category, created_by = excluded.created_by, why = excluded.why,
    since = now()
where c.category is distinct from excluded.category

-- name: movements
-- Count the movements of a vendor, by any spelling of its name.
select count(*) as movements from transactions
where org_id = %(org_id)s and counterparty is not null and vendor_key(counterparty) = vendor_key(%(vendor)s)

-- name: names
-- List the names of vendors that have movements.
select party as name from rollup_parties
where org_id = %(org_id)s and role = 'vendor' and grain = 'month' and party <> ''
group by party
having sum(moves_in + moves_out) > 0
order by party
limit %(limit)s

-- name: category
-- Read the category that a person put a vendor into; null where it was taken back.
select vendor, category from own_categories where org_id = %(org_id)s and key = vendor_key(%(vendor)s)
