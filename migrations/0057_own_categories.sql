-- The categories that a person put vendors into. They come before those of well-known vendors.

-- `category` is null where the person took it back.
create table own_categories (
    org_id     text not null default 'default',
    key        text not null check (key <> ''),
    vendor     text not null,
    category   text check (category <> '' and category = lower(category)),
    created_by text not null,
    since      timestamptz not null default now(),
    why        text,
    last_actor jsonb not null,
    primary key (org_id, key),
    check (key = vendor_key(vendor))
);
create trigger own_categories_stay before delete or truncate on own_categories
    for each statement execute function refuse('take the category back instead');
alter table own_categories enable always trigger own_categories_stay;
create trigger own_category_guard before insert or update on own_categories
    for each row execute function setting_guard('org_id', 'key');
alter table own_categories enable always trigger own_category_guard;
create trigger own_category_guard_authority before insert or update on own_categories
    for each row execute function setting_authority();
alter table own_categories enable always trigger own_category_guard_authority;

create function own_category_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'own_category.' || case when new.category is null then 'removed' else 'added' end, null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('vendor', new.vendor, 'why', new.why, 'category',
            coalesce(new.category, case when tg_op = 'UPDATE' then old.category end))));
    return null;
end $$;
create constraint trigger own_category_audit after insert or update on own_categories
    deferrable initially deferred for each row execute function own_category_audited();
alter table own_categories enable always trigger own_category_audit;

-- The category of a vendor, under its name in the books: a person's, else that of the well-known.
create function vendor_category(org text, name text) returns text language sql stable as $$
    select coalesce((select c.category from own_categories c where c.org_id = org and c.key = vendor_key(name)),
                    (select k.category from vendor_categories k where k.vendor = lower(name)), 'uncategorised')
$$;

do $$
begin
    execute format('alter function own_category_audited() security definer set search_path = pg_catalog, %I, pg_temp',
                   current_schema());
    execute 'revoke execute on function own_category_audited() from public';
end $$;
