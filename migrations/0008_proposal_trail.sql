-- The trail of a proposal: the texts of every version, and an audit row for every change.

-- The texts can be erased on request (set to '' and {}); the hashes stay, here and in the audit log.
create table proposal_versions (
    proposal_id    bigint not null references action_proposals,
    org_id         text not null default 'default',
    version        integer not null,
    author         text not null,
    title          text not null,
    verdict        text not null,
    reasoning      text not null,
    payload        jsonb not null,
    payload_sha256 text not null,
    created_at     timestamptz not null default now(),
    last_actor     jsonb not null,
    primary key (proposal_id, version)
);
create trigger versions_stay before delete or truncate on proposal_versions
    for each statement execute function refuse('blank the texts instead');
alter table proposal_versions enable always trigger versions_stay;

-- Keep each version's texts, and who wrote them. Only this trigger inserts.
create function proposal_version_kept() returns trigger language plpgsql as $$
begin
    insert into proposal_versions
        (proposal_id, org_id, version, author, title, verdict, reasoning, payload, payload_sha256, last_actor)
    values (new.id, new.org_id, new.version,
            case when new.last_actor ->> 'type' = 'user' then 'operator:' || (new.last_actor ->> 'id')
                 else coalesce(new.drafted_by ->> 'author', 'rules') end,
            new.title, new.verdict, new.reasoning, new.payload, new.payload_sha256, new.last_actor);
    return null;
end $$;
create trigger proposal_inserted_version after insert on action_proposals
    for each row execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_inserted_version;
create trigger proposal_updated_version after update on action_proposals
    for each row when (old.version <> new.version) execute function proposal_version_kept();
alter table action_proposals enable always trigger proposal_updated_version;

-- A version is kept as it is; later its texts may only be blanked.
create function version_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if pg_trigger_depth() < 2 then
            raise exception 'versions are kept by the database, not by hand' using errcode = 'EX005';
        end if;
        return new;
    end if;
    if (new.proposal_id, new.org_id, new.version, new.author, new.payload_sha256, new.created_at)
       is distinct from
       (old.proposal_id, old.org_id, old.version, old.author, old.payload_sha256, old.created_at)
       or new.title not in (old.title, '') or new.verdict not in (old.verdict, '')
       or new.reasoning not in (old.reasoning, '')
       or new.payload::text not in (old.payload::text, '{}') then
        raise exception 'version % of proposal %: its texts may be blanked, nothing else', old.version,
            old.proposal_id using errcode = 'EX003';
    end if;
    new.last_actor := execops_actor();
    return new;
end $$;
create trigger version_guard before insert or update on proposal_versions
    for each row execute function version_guard();
alter table proposal_versions enable always trigger version_guard;

create function version_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'version.blanked', new.proposal_id, null, null, new.version,
                        new.payload_sha256, '{}');
    return null;
end $$;
create constraint trigger version_audit after update on proposal_versions
    deferrable initially deferred for each row execute function version_audited();
alter table proposal_versions enable always trigger version_audit;

-- The audit row of a proposal. A change that keeps the status names the columns that changed, never their texts.
create function proposal_audited() returns trigger language plpgsql as $$
declare
    facts jsonb := '{}';
begin
    if new.outcome is not null and (tg_op = 'INSERT' or new.outcome is distinct from old.outcome) then
        facts := jsonb_build_object('outcome', new.outcome);
    end if;
    if tg_op = 'UPDATE' and new.status = 'approved' and old.status <> 'approved' and new.again_after is not null then
        facts := facts || jsonb_build_object('again_after', new.again_after);
    end if;
    if tg_op = 'UPDATE' and new.status = old.status then
        facts := facts || jsonb_build_object('changed', (
            select jsonb_agg(n.key order by n.key) from jsonb_each(to_jsonb(new)) n
            where n.value is distinct from to_jsonb(old) -> n.key
              and n.key not in ('last_actor', 'version', 'payload_sha256')));
    end if;
    perform audit_write(new.org_id, new.last_actor,
        case when tg_op = 'INSERT' then 'proposal.drafted'
             when new.status = old.status then 'proposal.changed'
             when new.status = 'pending' and new.last_actor ->> 'type' = 'system' then 'proposal.returned'
             when old.status = 'approved' and new.status = 'pending' then 'proposal.undone'
             when old.status = 'failed' and new.status = 'pending' then 'proposal.reopened'
             else 'proposal.' || new.status end,
        new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.version, new.payload_sha256,
        facts);
    return null;
end $$;
create constraint trigger proposal_inserted_audit after insert on action_proposals
    deferrable initially deferred for each row execute function proposal_audited();
alter table action_proposals enable always trigger proposal_inserted_audit;
create constraint trigger proposal_updated_audit after update on action_proposals
    deferrable initially deferred for each row
    when (old.version <> new.version or old.* is distinct from new.*) execute function proposal_audited();
alter table action_proposals enable always trigger proposal_updated_audit;
