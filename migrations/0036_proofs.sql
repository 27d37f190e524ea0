-- Proofs: an operator proves to the database who acts in a transaction; no setting is believed about that.
--
-- A token never reaches SQL. A process sends the token's digest, its sha256, and the database keeps the proof, the sha256
-- of that digest. So a copy of the database lets nobody act, and the role of the processes cannot even read the proofs.

alter table operators alter column token_hash type text using encode(sha256(convert_to(token_hash, 'UTF8')), 'hex');
alter table operators rename column token_hash to token_proof;
alter table operators rename constraint operators_token_hash_key to operators_token_proof_key;

-- The operator that the last transaction of each session has proven. It matters only while that transaction runs: its
-- number, its session and its start are compared. A savepoint that is rolled back takes the proof with it.
create unlogged table proven_actors (
    session     integer primary key,
    xact        xid8 not null,
    began       timestamptz not null,
    operator_id bigint not null
);

-- The enabled operator of this digest, or null. The token may have expired: a sign-in tells that apart.
create function execops_operator_of(digest text) returns bigint language sql stable security definer as $$
    select o.id from operators o
    where o.token_proof = encode(sha256(convert_to(digest, 'UTF8')), 'hex') and o.disabled_at is null
$$;

-- Note the operator of this digest as the one who acts in this transaction; returns their id.
create function execops_prove(digest text) returns bigint language plpgsql security definer as $$
declare
    operator_id bigint := execops_operator_of(digest);
begin
    if operator_id is null
       or exists (select from operators o where o.id = operator_id and o.expires_at <= now()) then
        raise exception 'this token belongs to no enabled operator' using errcode = 'EX007';
    end if;
    insert into proven_actors values (pg_backend_pid(), pg_current_xact_id(), now(), operator_id)
    on conflict (session) do update
    set xact = excluded.xact, began = excluded.began, operator_id = excluded.operator_id;
    return operator_id;
end $$;

-- The operator whom this transaction has proven, or null.
create function execops_proven() returns bigint language sql volatile security definer as $$
    select p.operator_id from proven_actors p
    where p.session = pg_backend_pid() and p.xact = pg_current_xact_id_if_assigned() and p.began = now()
$$;

-- The actor of this transaction: the operator whom it has proven, where execops.actor_type is 'user'; otherwise a part of
-- the system, which decides nothing, by the name in execops.actor_id. A setting that was local to an earlier transaction
-- reads '', hence nullif.
create or replace function execops_actor() returns jsonb language plpgsql as $$
declare
    actor_type text := nullif(current_setting('execops.actor_type', true), '');
    actor_id   text := nullif(current_setting('execops.actor_id', true), '');
    metadata   jsonb;
begin
    if actor_type = 'user' then
        actor_id := execops_proven()::text;
        if actor_id is null then
            raise exception 'no operator has proven to be the actor of this transaction: call execops_prove'
                using errcode = 'EX007';
        end if;
    elsif actor_type is null or actor_id is null then
        raise exception 'no actor: set execops.actor_type and execops.actor_id for this transaction'
            using errcode = 'EX001';
    elsif actor_type <> 'system' then
        raise exception 'unknown actor type %', actor_type using errcode = 'EX001';
    end if;
    metadata := coalesce(nullif(current_setting('execops.metadata', true), ''), '{}');
    if jsonb_typeof(metadata) <> 'object' then
        raise exception 'execops.metadata is a JSON %, not an object', jsonb_typeof(metadata)
            using errcode = 'EX001';
    end if;
    return jsonb_build_object('type', actor_type, 'id', actor_id, 'metadata', metadata);
end $$;

-- Does the role of this session own our tables, or may it act as their owner?
create function execops_owns() returns boolean language sql stable as $$
    select pg_has_role(current_user, c.relowner, 'usage') from pg_class c where c.oid = 'operators'::regclass
$$;

do $$
declare
    pinned text;
begin
    foreach pinned in array array['execops_operator_of(text)', 'execops_prove(text)', 'execops_proven()'] loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
end $$;
