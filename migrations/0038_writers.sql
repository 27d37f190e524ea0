-- Writers: the trail and the versions are written by functions of the owner alone, so no other role may insert there.

-- Audit rows are written by triggers. Only the owner could call it otherwise: by hand, that is refused as an accident.
create or replace function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
begin
    if pg_trigger_depth() < 2 then
        raise exception 'audit rows are written by the database, not by hand' using errcode = 'EX005';
    end if;
    perform from audit_chains c where c.org_id = new.org_id for no key update;
    if not found then
        insert into audit_chains values (new.org_id) on conflict do nothing;
        perform from audit_chains c where c.org_id = new.org_id for no key update;
    end if;
    -- A statement of its own, so that it sees what was committed while we waited. Where it cannot (REPEATABLE
    -- READ), unique (org_id, prev_hash) refuses the fork.
    select a.seq, a.hash into head from audit_log a where a.org_id = new.org_id order by a.seq desc limit 1;
    new.seq := coalesce(head.seq, 0) + 1;
    new.prev_hash := coalesce(head.hash, repeat('0', 64));
    new.ts := clock_timestamp();
    new.hash := encode(sha256(convert_to(new.prev_hash || audit_canonical(new), 'UTF8')), 'hex');
    return new;
end $$;

-- The operator who lifted a suppression in this transaction. The deleted row cannot carry it to the commit, and a setting could be
-- written by anybody.
create unlogged table liftings (
    xact        xid8 not null,
    org_id      text not null,
    subject_key text not null,
    actor       jsonb not null,
    primary key (xact, org_id, subject_key)
);

create or replace function suppression_lifted() returns trigger language plpgsql as $$
begin
    -- A row that is visible here and not ours is of a transaction that has ended.
    delete from liftings l using (
        select o.xact, o.org_id, o.subject_key from liftings o where o.xact <> pg_current_xact_id()
        for update skip locked) old_row
    where (l.xact, l.org_id, l.subject_key) = (old_row.xact, old_row.org_id, old_row.subject_key);
    insert into liftings values (pg_current_xact_id(), old.org_id, old.subject_key, execops_actor())
    on conflict (xact, org_id, subject_key) do update set actor = excluded.actor;
    return old;
end $$;

create or replace function suppression_audited() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform audit_write(old.org_id, l.actor, 'suppression.removed', null, null, null, null, null,
                            jsonb_build_object('subject', old.subject_key))
        from liftings l
        where l.xact = pg_current_xact_id() and l.org_id = old.org_id and l.subject_key = old.subject_key;
    else
        perform audit_write(new.org_id, new.last_actor,
            case when tg_op = 'INSERT' then 'suppression.added' else 'suppression.changed' end,
            null, null, null, null, null, jsonb_build_object('subject', new.subject_key));
    end if;
    return null;
end $$;

-- A function that writes as its owner is called by our triggers alone: whoever may execute it could put it on a table of
-- their own. A later migration that makes such a function does the same; a test looks for one that does not.
do $$
declare
    writer text;
begin
    for writer in
        select p.proname from pg_proc p
        where p.pronamespace = quote_ident(current_schema())::regnamespace
          and (p.proname like '%\_audited' or p.proname in ('proposal_version_kept', 'suppression_lifted', 'approvals_voided'))
    loop
        execute format('alter function %I() security definer set search_path = pg_catalog, %I, pg_temp', writer,
                       current_schema());
        execute format('revoke execute on function %I() from public', writer);
    end loop;
    execute format('alter function audit_chain() set search_path = pg_catalog, %I, pg_temp', current_schema());
    execute format('revoke execute on function %s from public',
        'audit_write(text, jsonb, text, bigint, text, text, integer, text, jsonb)');
end $$;
