-- The words of the trail: the reasons, outcomes and errors of proposals and suppressions stand beside the audit log.
--
-- The audit log refuses every change, so a word in it could never be erased. Its row holds the hash of its words, with a salt
-- that nobody guesses; words and salt stand here, where an erasure takes both (0052_erasure.sql). Rows of earlier versions
-- keep their words in the log.
create table audit_words (
    org_id text not null,
    seq    bigint not null,
    salt   text not null,  -- '' where the words were erased
    words  jsonb not null check (jsonb_typeof(words) = 'object'),
    primary key (org_id, seq),
    check ((salt = '') = (words = '{}'))
);
create trigger audit_words_stay before delete or truncate on audit_words
    for each statement execute function refuse('erase the words instead');
alter table audit_words enable always trigger audit_words_stay;

-- Append a row for a change. `facts` win over the metadata of the actor.
create or replace function audit_write(org text, actor jsonb, action text, proposal bigint, from_status text,
                            to_status text, version integer, payload_sha256 text, facts jsonb)
returns void language plpgsql as $$
declare
    metadata jsonb := (actor -> 'metadata') || facts;
    texts    jsonb;
    salt     text := encode(sha256(uuid_send(gen_random_uuid())), 'hex');
    at       bigint;
begin
    if proposal is not null or starts_with(action, 'suppression.') then
        select jsonb_object_agg(m.key, m.value) into texts from jsonb_each(metadata) m
        where m.key in ('reason', 'why', 'outcome', 'error', 'links');
    end if;
    if texts is not null then
        metadata := metadata - array['reason', 'why', 'outcome', 'error', 'links']
                    || jsonb_build_object('words', encode(sha256(convert_to(salt || texts::text, 'UTF8')), 'hex'));
    end if;
    insert into audit_log (org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status,
                           version, payload_sha256, ts, metadata_json, prev_hash, hash)
    values (org, 1, actor ->> 'type', actor ->> 'id', action, proposal, from_status, to_status,
            version, payload_sha256, now(), metadata, '', '')
    returning seq into at;
    if texts is not null then
        insert into audit_words values (org, at, salt, texts);
    end if;
end $$;

-- The metadata of a row as people read it: its words in the place of their hash.
create function audit_told(metadata jsonb, words jsonb) returns jsonb language sql immutable as $$
    select case when words = '{}' then metadata - 'words' || '{"outcome": "erased"}'
                else metadata - 'words' || coalesce(words, '{}') end
$$;

-- The words come with their row, and then stay as they are. Only an erasure blanks them.
create function audit_words_guard() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'the words of audit rows are written by the database, not by hand' using errcode = 'EX005';
    end if;
    return new;
end $$;
create trigger audit_words_guard before insert on audit_words
    for each row execute function audit_words_guard();
alter table audit_words enable always trigger audit_words_guard;

do $$
begin
    execute format('alter function audit_words_guard() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
