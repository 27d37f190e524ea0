-- A rejection can be taken back within the undo window. `due_at` says until when, by the clock of the database. `ended_with`
-- names the rejection with which another proposal of the same customer ended, because that customer is never contacted
-- again: it comes back with it. `suppressions.proposal_id` names the rejection that said so.

alter table action_proposals add column ended_with bigint references action_proposals;
create index action_proposals_ended_with on action_proposals (ended_with) where ended_with is not null;
alter table suppressions add column proposal_id bigint references action_proposals;

create or replace function execops_transition_allowed(from_status text, to_status text) returns boolean
language sql immutable as $$
    select (from_status, to_status) in (
        ('pending', 'approved'), ('pending', 'rejected'), ('pending', 'superseded'), ('pending', 'expired'),
        ('rejected', 'pending'), ('superseded', 'pending'),
        ('approved', 'executing'), ('approved', 'pending'), ('approved', 'superseded'), ('approved', 'failed'),
        ('approved', 'unknown'),
        ('executing', 'executed'), ('executing', 'failed'), ('executing', 'unknown'), ('executing', 'pending'),
        ('failed', 'pending'), ('failed', 'superseded'), ('failed', 'approved'), ('failed', 'executed'),
        ('failed', 'rejected'),
        ('unknown', 'approved'), ('unknown', 'executed'), ('unknown', 'rejected'))
$$;

-- Only an end by a rejection is taken back, and only while its window is open. The window opens with the end, for an hour
-- at most, and nobody lengthens it. To give up a failed or unknown action is final.
create function ending_guard() returns trigger language plpgsql as $$
begin
    if old.status in ('rejected', 'superseded') and new.status = 'pending' then
        if coalesce(old.due_at <= clock_timestamp(), true) or (old.status = 'superseded' and old.ended_with is null) then
            raise exception 'proposal %: % -> pending is not allowed: that is final by now', old.id, old.status using errcode = 'EX002';
        end if;
        if execops_may_be_out(old.id) then
            raise exception 'proposal %: an earlier attempt may have gone out', old.id using errcode = 'EX002';
        end if;
        new.due_at := null;
        new.ended_with := null;
        return new;
    end if;
    if old.status <> new.status then
        if new.status = 'rejected' and old.status <> 'pending' then
            new.due_at := null;
        elsif new.due_at > now() + interval '1 hour' and (new.status = 'rejected' or new.ended_with is not null) then
            raise exception 'proposal %: an end can be taken back for an hour at most', old.id using errcode = 'EX002';
        end if;
        if new.ended_with is not null and (new.status <> 'superseded' or not exists (
                select from action_proposals r
                where r.id = new.ended_with and r.org_id = new.org_id and r.status = 'rejected'
                  and r.subject_key = new.subject_key and r.decided_at = now())) then
            raise exception 'proposal %: it ends with a rejection of this moment, about the same customer', old.id
                using errcode = 'EX002';
        end if;
    elsif (new.due_at, new.ended_with) is distinct from (old.due_at, old.ended_with) then
        raise exception 'proposal %: it has ended, and until when that can be taken back stays', old.id
            using errcode = 'EX003';
    end if;
    return new;
end $$;
create trigger ending_guard before update on action_proposals
    for each row when (old.status in ('rejected', 'superseded') or new.status in ('rejected', 'superseded')
                       or new.ended_with is distinct from old.ended_with)
    execute function ending_guard();
alter table action_proposals enable always trigger ending_guard;

do $$
begin
    execute format('alter function ending_guard() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
