-- The functions that every guard uses.
--
-- A guard is a trigger that refuses what must not happen, whoever asks for it. Guards are ENABLE ALWAYS, so
-- session_replication_role = replica does not switch them off. The last migration pins their search_path, so a
-- temporary table called audit_log or operators does not take the place of ours.
--
-- SQLSTATEs: EX001 no actor, EX002 not allowed in this state, EX003 this never changes, EX004 the role does not
-- decide, EX005 append-only or kept, EX006 nobody approved this execution.

-- The actor of this transaction, from its settings. A setting that was local to an earlier transaction reads '',
-- hence nullif.
create function execops_actor() returns jsonb language plpgsql as $$
declare
    actor_type text := nullif(current_setting('execops.actor_type', true), '');
    actor_id   text := nullif(current_setting('execops.actor_id', true), '');
    metadata   jsonb;
begin
    if actor_type is null or actor_id is null then
        raise exception 'no actor: set execops.actor_type and execops.actor_id for this transaction'
            using errcode = 'EX001';
    end if;
    if actor_type not in ('system', 'user') then
        raise exception 'unknown actor type %', actor_type using errcode = 'EX001';
    end if;
    metadata := coalesce(nullif(current_setting('execops.metadata', true), ''), '{}');
    if jsonb_typeof(metadata) <> 'object' then
        raise exception 'execops.metadata is a JSON %, not an object', jsonb_typeof(metadata)
            using errcode = 'EX001';
    end if;
    return jsonb_build_object('type', actor_type, 'id', actor_id, 'metadata', metadata);
end $$;

-- Refuse a whole statement. FOR EACH STATEMENT also refuses a TRUNCATE that cascades from another table.
create function refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: %', tg_op, tg_table_name, tg_argv[0] using errcode = 'EX005';
end $$;
