-- Notifications wake the consoles and workers that LISTEN to these channels. They carry no more than a listener needs
-- to read the row.

-- execops_proposals {"org", "id", "status", "version"}: a proposal was drafted or changed.
create function proposal_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_proposals', jsonb_build_object(
        'org', new.org_id, 'id', new.id, 'status', new.status, 'version', new.version)::text);
    return null;
end $$;
create trigger proposal_notify after insert or update on action_proposals
    for each row execute function proposal_notify();

-- execops_events ID: an event left `received`.
create function event_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_events', new.id::text);
    return null;
end $$;
create trigger event_notify after update of status on events
    for each row when (old.status = 'received' and new.status <> 'received')
    execute function event_notify();

-- execops_policies {"org", "kind", "name", "allowed"}: a policy was set.
create function policy_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('execops_policies', jsonb_build_object(
        'org', new.org_id, 'kind', new.kind, 'name', new.name, 'allowed', new.allowed)::text);
    return null;
end $$;
create trigger policy_notify after insert or update on policies
    for each row execute function policy_notify();

-- The same channel, with kind 'suppression' and the subject as its name: `allowed` is false once it is suppressed, and
-- true once that is lifted.
create function suppression_notify() returns trigger language plpgsql as $$
declare
    suppression suppressions := case when tg_op = 'INSERT' then new else old end;
begin
    perform pg_notify('execops_policies', jsonb_build_object(
        'org', suppression.org_id, 'kind', 'suppression', 'name', suppression.subject_key,
        'allowed', tg_op = 'DELETE')::text);
    return null;
end $$;
create trigger suppression_notify after insert or delete on suppressions
    for each row execute function suppression_notify();
