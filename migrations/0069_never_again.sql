-- A dispute, a refund and a fraud warning name their payment, and their proposals have the object as their subject. "Never contact
-- this customer again" suppresses the customer of the payment, so the proposals about that customer end with the rejection.
create or replace function ending_guard() returns trigger language plpgsql as $$
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
                  and r.decided_at = now()
                  and (r.subject_key = new.subject_key
                       or exists (select from suppressions s
                                  where s.org_id = r.org_id and s.proposal_id = r.id and s.subject_key = new.subject_key)))) then
            raise exception 'proposal %: it ends with a rejection of this moment, about the same customer', old.id
                using errcode = 'EX002';
        end if;
    elsif (new.due_at, new.ended_with) is distinct from (old.due_at, old.ended_with) then
        raise exception 'proposal %: it has ended, and until when that can be taken back stays', old.id
            using errcode = 'EX003';
    end if;
    return new;
end $$;

do $$
begin
    execute format('alter function ending_guard() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
