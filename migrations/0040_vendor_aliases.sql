-- Aliases: other names by which sources call a vendor, and the one name that the books use for it.

-- Names are compared without case, and without the signs that legal forms are written with: "Slack Technologies, Inc.".
create function vendor_key(name text) returns text language sql immutable parallel safe as $$
    select btrim(lower(regexp_replace(name, '[\s.,*]+', ' ', 'g')))
$$;

-- `vendor` is null where the alias was removed.
create table vendor_aliases (
    org_id     text not null default 'default',
    key        text not null check (key <> ''),
    alias      text not null,
    vendor     text check (vendor <> ''),
    created_by text not null,
    since      timestamptz not null default now(),
    why        text,
    last_actor jsonb not null,
    primary key (org_id, key),
    check (key = vendor_key(alias)),
    check (vendor is null or vendor_key(vendor) <> key)
);
create index vendor_aliases_by_vendor on vendor_aliases (org_id, vendor_key(vendor)) where vendor is not null;

-- Well-known names. Nobody decided them, so the audit log does not begin with them; a person may remove each.
insert into vendor_aliases (key, alias, vendor, created_by, last_actor)
select vendor_key(given.alias), given.alias, given.vendor, 'ExecOps', '{"type": "system", "id": "migrate", "metadata": {}}'
from (values
    ('AWS', 'Amazon Web Services'), ('AWS', 'Amazon Web Services, Inc.'), ('AWS', 'Amazon Web Services EMEA'),
    ('AWS', 'Amazon Web Services EMEA SARL'), ('AWS', 'AWS EMEA'), ('AWS', 'AWS EMEA SARL'), ('AWS', 'aws.amazon.com'),
    ('Anthropic', 'Anthropic PBC'), ('Anthropic', 'Anthropic, PBC US'), ('Anthropic', 'anthropic.com'),
    ('Atlassian', 'Atlassian Pty Ltd'), ('Atlassian', 'Atlassian Corporation'), ('Atlassian', 'atlassian.com'),
    ('Cloudflare', 'Cloudflare, Inc.'), ('Cloudflare', 'cloudflare.com'),
    ('Datadog', 'Datadog, Inc.'), ('Datadog', 'datadoghq.com'),
    ('DigitalOcean', 'DigitalOcean, LLC'), ('DigitalOcean', 'digitalocean.com'), ('DigitalOcean', 'Digital Ocean'),
    ('Figma', 'Figma, Inc.'), ('Figma', 'figma.com'),
    ('GitHub', 'GitHub, Inc.'), ('GitHub', 'github.com'),
    ('Google Cloud', 'Google Cloud EMEA'), ('Google Cloud', 'Google Cloud EMEA Limited'),
    ('Google Cloud', 'Google Cloud Platform'), ('Google Cloud', 'cloud.google.com'),
    ('Google Workspace', 'Google GSuite'), ('Google Workspace', 'Google G Suite'),
    ('Heroku', 'Heroku, Inc.'), ('Heroku', 'heroku.com'),
    ('Hetzner', 'Hetzner Online'), ('Hetzner', 'Hetzner Online GmbH'),
    ('HubSpot', 'HubSpot, Inc.'), ('HubSpot', 'HubSpot Ireland Limited'),
    ('Linear', 'Linear Orbit, Inc.'), ('Linear', 'linear.app'),
    ('Mailchimp', 'Intuit Mailchimp'), ('Mailchimp', 'mailchimp.com'),
    ('Notion', 'Notion Labs, Inc.'), ('Notion', 'Notion Labs'), ('Notion', 'notion.so'),
    ('OpenAI', 'OpenAI, LLC'), ('OpenAI', 'OpenAI Ireland Limited'), ('OpenAI', 'openai.com'),
    ('Sentry', 'Functional Software, Inc.'), ('Sentry', 'sentry.io'),
    ('Slack', 'Slack Technologies'), ('Slack', 'Slack Technologies, Inc.'), ('Slack', 'Slack Technologies, LLC'),
    ('Slack', 'Slack Technologies Limited'), ('Slack', 'slack.com'),
    ('Twilio', 'Twilio, Inc.'), ('Twilio', 'Twilio Ireland Limited'), ('Twilio', 'twilio.com'),
    ('Vercel', 'Vercel, Inc.'), ('Vercel', 'vercel.com'),
    ('Zoom', 'Zoom Video Communications'), ('Zoom', 'Zoom Video Communications, Inc.'), ('Zoom', 'zoom.us')
) as given (vendor, alias)
on conflict do nothing;

create trigger vendor_aliases_stay before delete or truncate on vendor_aliases
    for each statement execute function refuse('remove the alias instead');
alter table vendor_aliases enable always trigger vendor_aliases_stay;
create trigger vendor_alias_guard before insert or update on vendor_aliases
    for each row execute function setting_guard('org_id', 'key');
alter table vendor_aliases enable always trigger vendor_alias_guard;
create trigger vendor_alias_guard_authority before insert or update on vendor_aliases
    for each row execute function setting_authority();
alter table vendor_aliases enable always trigger vendor_alias_guard_authority;

create function vendor_alias_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'vendor_alias.' || case when new.vendor is null then 'removed' else 'added' end, null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('alias', new.alias, 'why', new.why, 'vendor',
            coalesce(new.vendor, case when tg_op = 'UPDATE' then old.vendor end))));
    return null;
end $$;
create constraint trigger vendor_alias_audit after insert or update on vendor_aliases
    deferrable initially deferred for each row execute function vendor_alias_audited();
alter table vendor_aliases enable always trigger vendor_alias_audit;

-- The name in the books of a vendor that a source calls so.
create function vendor_of(org text, name text) returns text language sql stable as $$
    select coalesce((select a.vendor from vendor_aliases a where a.org_id = org and a.key = vendor_key(name)), name)
$$;

-- `told_as` is the source's own name of the vendor, where an alias gave it another.
alter table transactions add column told_as text;
create index transactions_by_vendor_key on transactions (org_id, vendor_key(counterparty))
    where counterparty is not null;
create index transactions_by_told_key on transactions (org_id, vendor_key(told_as)) where told_as is not null;

create function vendor_named() returns trigger language plpgsql as $$
declare
    vendor text := vendor_of(new.org_id, new.counterparty);
begin
    if vendor <> new.counterparty then
        new.told_as := coalesce(new.told_as, new.counterparty);
        new.counterparty := vendor;
    end if;
    return new;
end $$;
create trigger vendor_named before insert or update of counterparty on transactions
    for each row when (new.counterparty is not null) execute function vendor_named();

do $$
begin
    execute format('alter function vendor_alias_audited() security definer set search_path = pg_catalog, %I, pg_temp',
                   current_schema());
    execute 'revoke execute on function vendor_alias_audited() from public';
    execute format('alter function vendor_named() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;

-- The movements that are in the books already, under the well-known names.
update transactions t set counterparty = t.counterparty
from vendor_aliases a
where t.org_id = a.org_id and vendor_key(t.counterparty) = a.key and t.counterparty is not null;
