-- The audit log: one chain of hashes an org. Only the *_audited() triggers of other tables write to it.
--
-- They are deferred: they run at the commit, so the chain's lock is taken last and held shortly. The lock is a row, which
-- only a role with rights on the table can lock: anybody who connects may take an advisory lock, and keep it. Each change kept
-- its actor in last_actor when it was made.

-- No foreign key to the proposal, which cannot be deleted: the key's check would lock the proposal's row while the
-- chain's lock is held, against the order proposal, then chain.
create table audit_log (
    id             bigint generated always as identity primary key,
    org_id         text not null,
    seq            bigint not null check (seq > 0),
    actor_type     text not null check (actor_type in ('system', 'user')),
    actor_id       text not null check (actor_id <> ''),
    action         text not null,
    proposal_id    bigint,
    from_status    text,
    to_status      text,
    version        integer,
    payload_sha256 text,
    ts             timestamptz not null,
    metadata_json  jsonb not null,
    prev_hash      text not null,
    hash           text not null,
    unique (org_id, seq),
    unique (org_id, prev_hash)
);
create table audit_chains (org_id text primary key);
create index audit_log_by_proposal on audit_log (proposal_id, seq) where proposal_id is not null;

-- For the metrics: decisions by time.
create index audit_log_decisions on audit_log (org_id, ts)
    where from_status = 'pending' and to_status in ('approved', 'rejected');
create trigger audit_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse('the audit log is append-only');
alter table audit_log enable always trigger audit_append_only;

-- The text of a row that its hash is taken of.
create function audit_canonical(a audit_log) returns text language sql immutable as $$
    select jsonb_build_array(
        a.org_id, a.seq, a.actor_type, a.actor_id, a.action, a.proposal_id, a.from_status, a.to_status,
        a.version, a.payload_sha256, to_char(a.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        a.metadata_json)::text
$$;

create function audit_chain() returns trigger language plpgsql as $$
declare
    head record;
    stack text;
begin
    get diagnostics stack = pg_context;
    if pg_trigger_depth() < 2
       or stack !~ ' (proposal|version|execution|operator|policy|suppression|recovery|deployment|consent|notification)_audited\(\) '
    then
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
create trigger audit_chain before insert on audit_log for each row execute function audit_chain();
alter table audit_log enable always trigger audit_chain;

-- Append a row for a change. `facts` win over the metadata of the actor.
create function audit_write(org text, actor jsonb, action text, proposal bigint, from_status text,
                            to_status text, version integer, payload_sha256 text, facts jsonb)
returns void language sql as $$
    insert into audit_log (org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status,
                           version, payload_sha256, ts, metadata_json, prev_hash, hash)
    values (org, 1, actor ->> 'type', actor ->> 'id', action, proposal, from_status, to_status,
            version, payload_sha256, now(), (actor -> 'metadata') || facts, '', '')
$$;
