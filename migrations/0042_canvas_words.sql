-- The words of the canvas: the questions that it refused, and the synonyms that a person added after reading them.

-- A question a row, however often it was asked. Anybody who may ask writes here, and it is erased at will.
create table canvas_refusals (
    org_id   text not null default 'default',
    question text not null check (question <> '' and length(question) <= 1000),
    why      text not null,
    asked    bigint not null default 1,
    first_at timestamptz not null default now(),
    last_at  timestamptz not null default now(),
    primary key (org_id, question)
);

-- `means` is null where the synonym was removed.
create table canvas_synonyms (
    org_id      text not null default 'default',
    phrase      text not null check (phrase <> '' and phrase = lower(phrase)),
    means       text check (means <> ''),
    reviewed_by text not null,
    since       timestamptz not null default now(),
    why         text,
    last_actor  jsonb not null,
    primary key (org_id, phrase)
);
create trigger canvas_synonyms_stay before delete or truncate on canvas_synonyms
    for each statement execute function refuse('remove the synonym instead');
alter table canvas_synonyms enable always trigger canvas_synonyms_stay;
create trigger canvas_synonym_guard before insert or update on canvas_synonyms
    for each row execute function setting_guard('org_id', 'phrase');
alter table canvas_synonyms enable always trigger canvas_synonym_guard;
create trigger canvas_synonym_guard_authority before insert or update on canvas_synonyms
    for each row execute function setting_authority();
alter table canvas_synonyms enable always trigger canvas_synonym_guard_authority;

create function canvas_synonym_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'canvas_synonym.' || case when new.means is null then 'removed' else 'added' end, null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object('phrase', new.phrase, 'why', new.why, 'means',
            coalesce(new.means, case when tg_op = 'UPDATE' then old.means end))));
    return null;
end $$;
create constraint trigger canvas_synonym_audit after insert or update on canvas_synonyms
    deferrable initially deferred for each row execute function canvas_synonym_audited();
alter table canvas_synonyms enable always trigger canvas_synonym_audit;

do $$
begin
    execute format('alter function canvas_synonym_audited() security definer set search_path = pg_catalog, %I, pg_temp',
                   current_schema());
    execute 'revoke execute on function canvas_synonym_audited() from public';
end $$;
