-- Erasure: the words about one customer go, everywhere, in one transaction of a founder. Amounts, ids and hashes stay.
--
-- A row here is the leave to erase, for its own transaction: each guard below asks for it. Only a proven founder gets one,
-- the audit log tells of it, and the processes get one by execops_erase alone (0052_erasure.sql).
create table erasures (
    id          bigint generated always as identity primary key,
    org_id      text not null default 'default',
    subject_key text not null,
    subjects    text[] not null,  -- the customer, and their payments: each may be what a row is about
    at          timestamptz not null,
    xact        xid8 not null,
    last_actor  jsonb not null
);
create trigger erasures_stay before update or delete or truncate on erasures
    for each statement execute function refuse('they say who was erased');
alter table erasures enable always trigger erasures_stay;

create function erasure_authority() returns trigger language plpgsql as $$
begin
    new.last_actor := execops_actor();
    new.at := now();
    new.xact := pg_current_xact_id();
    if not execops_is_founder(new.last_actor, new.org_id) then
        raise exception 'a customer is erased by a founder who has proven it' using errcode = 'EX004';
    end if;
    return new;
end $$;
create trigger erasure_authority before insert on erasures for each row execute function erasure_authority();
alter table erasures enable always trigger erasure_authority;

create function erasure_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'customer.erased', null, null, null, null, null,
                        jsonb_build_object('subject', new.subject_key));
    return null;
end $$;
create constraint trigger erasure_audit after insert on erasures
    deferrable initially deferred for each row execute function erasure_audited();
alter table erasures enable always trigger erasure_audit;

-- The keys of what other sources tell of a customer, by mail address (without its plus tag) or id: whole conversations with
-- the messages in them and the waves of their days, the errors that hit the customer and the issues of these.
create function execops_elsewhere(org text, customer_id text) returns setof text language sql stable as $$
    with theirs as (
        select s.object_id, s.object_type, s.subject_key from snapshots s
        where s.org_id = org and s.object_type in ('message', 'sentry_hit')
          and (s.state ->> 'user' = customer_id
               or regexp_replace(lower(s.state ->> 'email'), '\+[^@]*@', '@') in (
                   select lower(c.state ->> 'email') from snapshots c
                   where c.org_id = org and c.object_id = customer_id and c.object_type = 'customer'))
        union
        select s.object_id, s.object_type, s.object_id from snapshots s
        where s.org_id = org and s.object_type = 'conversation' and s.state -> 'external_ids' ? customer_id
    ), talks as (
        select distinct subject_key from theirs where object_type <> 'sentry_hit'
    )
    select subject_key from talks
    union select s.object_id from snapshots s, talks t where s.org_id = org and s.subject_key = t.subject_key
    union select 'intercom:wave:' || to_char(s.as_of at time zone 'UTC', 'YYYY-MM-DD') from snapshots s, talks t
          where s.org_id = org and s.subject_key = t.subject_key and s.object_type = 'message'
    union select unnest(array[object_id, subject_key]) from theirs where object_type = 'sentry_hit'
$$;

-- The keys that rows about a customer have: the customer, their payments, their objects, the objects about these, and what
-- other sources tell of them: see execops_elsewhere.
create function execops_subjects(org text, customer_id text) returns text[] language sql stable as $$
    with own as (
        select customer_id as key
        union select p.payment from payers p where p.org_id = org and p.customer = customer_id
        union select s.object_id from snapshots s where s.org_id = org and s.subject_key = customer_id
        union select unnest(t.payment_ids) from transactions t where t.org_id = org and t.customer = customer_id
    )
    select array_agg(k.key) from (
        select key from own
        union select s.object_id from snapshots s where s.org_id = org and s.links && (select array_agg(key) from own)
        union select execops_elsewhere(org, customer_id)
    ) k
$$;

-- Is this subject being erased in this transaction?
create function execops_erasing(org text, subject text) returns boolean language sql stable as $$
    select exists (select from erasures e
                   where e.org_id = org and subject = any (e.subjects)
                     and e.xact = pg_current_xact_id_if_assigned() and e.at = now())
$$;

alter table action_proposals add column erased_at timestamptz;
alter table executions add column erased_at timestamptz;
alter table notifications add column erased_at timestamptz;

-- The words of an ended proposal, of its attempts and of its notifications go together. The guards write the blank themselves:
-- nothing else of the row changes with it, and afterwards nothing changes any more.
create function erasure_guard() returns trigger language plpgsql as $$
declare
    subject text;
    ended boolean;
    blank jsonb;
begin
    if old.erased_at is not null then
        raise exception '% %: its words were erased, and it stays so', tg_table_name, old.id using errcode = 'EX003';
    end if;
    if tg_table_name = 'action_proposals' then
        subject := old.subject_key;
        ended := old.status in ('executed', 'rejected', 'superseded', 'expired');
        blank := jsonb_build_object(
            'title', 'Erased', 'payload', '{}'::jsonb, 'verdict', '', 'reasoning', '', 'evidence', '[]'::jsonb,
            'translation', '{}'::jsonb, 'newer_draft', null, 'outcome', null,
            'drafted_by', jsonb_build_object('author', coalesce(old.drafted_by ->> 'author', 'rules')));
    else
        select p.subject_key into subject from action_proposals p where p.id = old.proposal_id;
        ended := old.status not in ('running', 'waiting', 'sending');
        blank := case tg_table_name
                 when 'executions' then '{"result_json": null, "error": null, "links": {}}'::jsonb
                 else '{"result_json": null, "error": null, "body": ""}'::jsonb end;
    end if;
    if not execops_erasing(old.org_id, subject) then
        raise exception '% %: words are erased with their customer, not by hand', tg_table_name, old.id
            using errcode = 'EX003';
    end if;
    if not ended then
        raise exception '% %: it is %, and only what has ended is erased', tg_table_name, old.id, old.status
            using errcode = 'EX002';
    end if;
    return jsonb_populate_record(old, blank || jsonb_build_object('erased_at', now(), 'last_actor', execops_actor()));
end $$;
create trigger erasure_guard before update on action_proposals
    for each row when (new.erased_at is not null or old.erased_at is not null) execute function erasure_guard();
create trigger erasure_guard before update on executions
    for each row when (new.erased_at is not null or old.erased_at is not null) execute function erasure_guard();
create trigger erasure_guard before update on notifications
    for each row when (new.erased_at is not null or old.erased_at is not null) execute function erasure_guard();
alter table action_proposals enable always trigger erasure_guard;
alter table executions enable always trigger erasure_guard;
alter table notifications enable always trigger erasure_guard;

-- Every other change meets the guards that it met before, which are told apart by the kind of change.
drop trigger proposal_guard on action_proposals;
create trigger proposal_guard before insert on action_proposals for each row execute function proposal_guard();
create trigger proposal_guard_change before update on action_proposals
    for each row when (new.erased_at is null) execute function proposal_guard();
alter table action_proposals enable always trigger proposal_guard;
alter table action_proposals enable always trigger proposal_guard_change;
drop trigger execution_guard on executions;
create trigger execution_guard before insert on executions for each row execute function execution_guard();
create trigger execution_guard_change before update on executions
    for each row when (new.erased_at is null) execute function execution_guard();
alter table executions enable always trigger execution_guard;
alter table executions enable always trigger execution_guard_change;
drop trigger notification_guard on notifications;
create trigger notification_guard before insert on notifications for each row execute function notification_guard();
create trigger notification_guard_change before update on notifications
    for each row when (new.erased_at is null) execute function notification_guard();
alter table notifications enable always trigger notification_guard;
alter table notifications enable always trigger notification_guard_change;
drop trigger execution_audit on executions;
create constraint trigger execution_audit after insert or update on executions
    deferrable initially deferred for each row when (new.erased_at is null) execute function execution_audited();
alter table executions enable always trigger execution_audit;
drop trigger proposal_updated_audit on action_proposals;
create constraint trigger proposal_updated_audit after update on action_proposals
    deferrable initially deferred for each row
    when (new.erased_at is null and (old.version <> new.version or old.* is distinct from new.*))
    execute function proposal_audited();
alter table action_proposals enable always trigger proposal_updated_audit;
