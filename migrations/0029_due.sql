-- Due times: when the undo window of an approval ends, by the clock of the database alone. No attempt begins before.

alter table action_proposals add column due_at timestamptz;

create function execution_due() returns trigger language plpgsql as $$
declare
    due timestamptz;
begin
    select p.due_at into due from action_proposals p where p.id = new.proposal_id and p.status = 'approved';
    if due > clock_timestamp() then
        raise exception 'no execution for proposal %: it can be undone until %', new.proposal_id, due
            using errcode = 'EX006';
    end if;
    return new;
end $$;
create trigger execution_due before insert on executions for each row execute function execution_due();
alter table executions enable always trigger execution_due;

do $$
begin
    execute format('alter function execution_due() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
