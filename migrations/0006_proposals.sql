-- Proposals: drafted actions that wait for a person, and their state after the decision.
-- `again_after`: the other messages to the customer that the approver was told about, and approved a further one.
create table action_proposals (
    id             bigint generated always as identity primary key,
    org_id         text not null default 'default',
    status         text not null default 'pending'
                   check (status in ('pending', 'approved', 'executing', 'executed', 'failed', 'unknown',
                                     'rejected', 'superseded', 'expired')),
    urgency        text not null check (urgency in ('critical', 'high', 'medium', 'low')),
    vertical       text not null,
    play           text not null,
    action_type    text not null,
    title          text not null check (title <> ''),
    object_id      text not null,
    subject_key    text not null,
    covers         text[] not null default '{}',  -- the subject's objects that it is about together, if they may be several
    payload        jsonb not null check (jsonb_typeof(payload) = 'object'),
    payload_sha256 text not null,
    version        integer not null check (version > 0),
    approval_no    integer not null default 0,
    verdict        text not null default '',  -- the rules' advice in one line, with its reason
    reasoning      text not null,
    evidence       jsonb not null default '[]' check (jsonb_typeof(evidence) = 'array'),
    language       text not null default 'en',  -- of the words to the customer
    translation    jsonb not null default '{}' check (jsonb_typeof(translation) = 'object'),  -- of them; never sent
    drafted_by     jsonb not null,
    edited         boolean not null default false,
    newer_draft    jsonb,
    amount_minor   bigint,
    currency       text check (currency ~ '^[A-Z]{3}$'),
    dedupe_key     text not null,
    thread_id      text not null,
    created_at     timestamptz not null default now(),
    decided_at     timestamptz,
    decided_by     bigint references operators,
    again_after    bigint[],
    expires_at     timestamptz not null,
    outcome        text,
    last_actor     jsonb not null,
    check ((amount_minor is null) = (currency is null)),
    unique (org_id, thread_id)
);

-- At most one live proposal of a dedupe_key.
create unique index action_proposals_live on action_proposals (org_id, dedupe_key)
    where status in ('pending', 'approved', 'executing', 'failed', 'unknown');
-- For the inbox: the most urgent first.
create index action_proposals_inbox on action_proposals
    (org_id, (array_position(array['critical', 'high', 'medium', 'low'], urgency)), id desc)
    where status = 'pending';
create index action_proposals_by_status on action_proposals (org_id, status, id desc);
create index action_proposals_by_subject on action_proposals (org_id, subject_key);
create index action_proposals_by_dedupe on action_proposals (org_id, dedupe_key, id desc);
create index action_proposals_executed on action_proposals (org_id, object_id) where status = 'executed';
create index action_proposals_covering on action_proposals using gin (covers)
    where status in ('pending', 'failed', 'executed');

-- The address that an action writes to, for comparison: null for an action that writes to nobody outside.
create function execops_recipient(payload jsonb) returns text language sql immutable as $$
    select left(lower(payload ->> 'to'), 320)
$$;
create index action_proposals_by_recipient on action_proposals (org_id, execops_recipient(payload))
    where execops_recipient(payload) is not null;
create index action_proposals_by_creation on action_proposals (org_id, created_at);
create trigger proposals_stay before delete or truncate on action_proposals
    for each statement execute function refuse('proposals cannot be deleted');
alter table action_proposals enable always trigger proposals_stay;

-- Which event fed which proposal: an event that is already here changes nothing.
create table proposal_events (
    org_id      text not null default 'default',
    event_id    bigint not null references events,
    play        text not null,
    proposal_id bigint not null references action_proposals,
    unique (org_id, event_id, play)
);
create index proposal_events_by_proposal on proposal_events (proposal_id);

-- When an operator first opened a version: the time to the decision runs from here.
create table openings (
    org_id      text not null default 'default',
    proposal_id bigint not null references action_proposals,
    version     integer not null,
    operator_id bigint not null references operators,
    opened_at   timestamptz not null default now(),
    primary key (proposal_id, version, operator_id)
);

-- The status that every reader sees: a pending proposal past its time is expired, even before a row says so.
create view proposals_effective as
select p.*,
       case when p.status = 'pending' and p.expires_at <= now() then 'expired' else p.status end
           as effective_status
from action_proposals p;
