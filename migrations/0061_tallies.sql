-- Counts that are kept, so that a scrape and the lists of plays read a few rows however long the history is.

-- Proposals by status, attempts by outcome, and decisions by how long they took. The audit log tells both, and nobody else writes its rows at the
-- same time (audit_chain), so nobody waits for these counts either.
create table proposal_tallies (
    org_id    text not null,
    status    text not null,
    proposals bigint not null,
    primary key (org_id, status)
) with (fillfactor = 50);
create table execution_tallies (
    org_id      text not null,
    action_type text not null,
    outcome     text not null,
    attempts    bigint not null,
    primary key (org_id, action_type, outcome)
) with (fillfactor = 50);
create table decision_tallies (
    org_id    text not null,
    bound     double precision not null,  -- seconds from the draft: at most as many, and more than the bound before
    decisions bigint not null,
    seconds   double precision not null,  -- of all these together
    primary key (org_id, bound)
) with (fillfactor = 50);

create function decision_bound(seconds double precision) returns double precision language sql immutable as $$
    select min(bound) from unnest(array[60, 300, 900, 3600, 14400, 86400, 259200, 1209600, 'Infinity']::float8[]) bound
    where bound >= seconds
$$;

create function tallies_audited() returns trigger language plpgsql as $$
begin
    if starts_with(new.action, 'execution.') then
        insert into execution_tallies as t
        select new.org_id, p.action_type, moved.outcome, moved.attempts
        from (values (new.from_status, -1), (new.to_status, 1)) moved (outcome, attempts)
        join action_proposals p on p.id = new.proposal_id
        where moved.outcome is not null
        order by moved.outcome
        on conflict (org_id, action_type, outcome) do update set attempts = t.attempts + excluded.attempts;
        return null;
    end if;
    insert into proposal_tallies as t
    select new.org_id, moved.status, moved.proposals
    from (values (new.from_status, -1), (new.to_status, 1)) moved (status, proposals)
    where moved.status is not null
    order by moved.status
    on conflict (org_id, status) do update set proposals = t.proposals + excluded.proposals;
    if new.from_status = 'pending' and new.to_status in ('approved', 'rejected') then
        insert into decision_tallies as t
        select new.org_id, decision_bound(took.seconds), 1, took.seconds
        from (select extract(epoch from new.ts - p.created_at)::float8 as seconds
              from action_proposals p where p.id = new.proposal_id) took
        on conflict (org_id, bound) do update
        set decisions = t.decisions + 1, seconds = t.seconds + excluded.seconds;
    end if;
    return null;
end $$;
create trigger tallies_audited after insert on audit_log
    for each row when ((starts_with(new.action, 'proposal.') or starts_with(new.action, 'execution.'))
                       and new.from_status is distinct from new.to_status)
    execute function tallies_audited();
alter table audit_log enable always trigger tallies_audited;

-- Verdicts by play and action type. Two decisions of one play may be made at once, so each writes rows of its own slot
-- (0014_rollup_tables.sql), the first free one; readers add the slots up.
create table verdict_tallies (
    org_id      text not null,
    play        text not null,
    action_type text not null,
    approved    boolean not null,
    edited      boolean not null,
    slot        bigint not null,
    verdicts    bigint not null,
    primary key (org_id, play, action_type, approved, edited, slot)
) with (fillfactor = 50);

create function verdict_slot() returns bigint language plpgsql as $$
begin
    for slot in 0..15 loop
        if pg_try_advisory_xact_lock(7311 /* rollup slot */, slot) then
            return slot;
        end if;
    end loop;
    return 1000 + pg_current_xact_id()::text::bigint;
end $$;

create function verdict_tallied() returns trigger language plpgsql as $$
declare
    verdict verdicts := case when tg_op = 'INSERT' then new else old end;
begin
    insert into verdict_tallies as t
    values (verdict.org_id, verdict.play, verdict.action_type, verdict.approved, verdict.edited, verdict_slot(),
            case when tg_op = 'INSERT' then 1 else -1 end)
    on conflict (org_id, play, action_type, approved, edited, slot) do update
    set verdicts = t.verdicts + excluded.verdicts;
    return null;
end $$;
create trigger verdict_tallied after insert or delete on verdicts for each row execute function verdict_tallied();
alter table verdicts enable always trigger verdict_tallied;

insert into proposal_tallies select org_id, status, count(*) from action_proposals group by 1, 2;
insert into execution_tallies
select e.org_id, p.action_type, e.status, count(*) from executions e join action_proposals p on p.id = e.proposal_id
group by 1, 2, 3;
insert into decision_tallies
select took.org_id, decision_bound(took.seconds), count(*), sum(took.seconds)
from (select a.org_id, extract(epoch from a.ts - p.created_at)::float8 as seconds
      from audit_log a join action_proposals p on p.id = a.proposal_id
      where a.from_status = 'pending' and a.to_status in ('approved', 'rejected')) took
group by 1, 2;
insert into verdict_tallies
select org_id, play, action_type, approved, edited, 0, count(*) from verdicts group by 1, 2, 3, 4, 5;

-- Proposals are counted over time by their index alone. An export begins at a moment; an erasure looks for what names a customer, or one of their objects.
drop index action_proposals_by_creation;
create index action_proposals_over_time on action_proposals (org_id, created_at)
    include (status, play, action_type, expires_at, snoozed_until);
create index audit_log_by_time on audit_log (org_id, ts);
create index events_by_object on events (org_id, object_id) where object_id is not null;
create index snapshots_of_users on snapshots (org_id, (state ->> 'user')) where object_type in ('message', 'sentry_hit');
create index payers_by_customer on payers (org_id, customer) where customer is not null;

do $$
begin
    execute format('alter function tallies_audited() security definer set search_path = pg_catalog, %I, pg_temp',
                   current_schema());
    execute format('alter function verdict_tallied() set search_path = pg_catalog, %I, pg_temp', current_schema());
    revoke execute on function tallies_audited() from public;
end $$;
