-- The tables of ExecOps. Every row belongs to an org; ids are identities, easy to type.
-- Rules that a row can state stand here as constraints; rules about change stand in 0002_guards.sql.

create table operators (
    id          bigint generated always as identity primary key,
    org_id      text not null default 'default',
    name        text not null check (name <> ''),
    role        text not null check (role in ('founder', 'ops', 'viewer', 'service')),
    token_hash  text unique,
    limits      jsonb not null default '{}',
    created_at  timestamptz not null default now(),
    disabled_at timestamptz,
    last_actor  jsonb not null,
    unique (org_id, name)
);

create table events (
    id           bigint generated always as identity primary key,
    org_id       text not null default 'default',
    source       text not null,
    type         text not null,
    occurred_at  timestamptz not null,
    received_at  timestamptz not null default now(),
    payload_json jsonb not null,
    dedupe_key   text not null,
    object_id    text,
    subject_key  text,
    livemode     boolean not null,
    api_version  text,
    status       text not null default 'received'
                 check (status in ('received', 'processed', 'ignored', 'failed')),
    outcome      jsonb not null default '[]',
    error        text,
    processed_at timestamptz,
    unique (org_id, source, dedupe_key)
);
create index events_by_subject on events (org_id, subject_key, id) where subject_key is not null;
create index events_unprocessed on events (org_id, status, id) where status in ('received', 'failed');

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
    payload        jsonb not null check (jsonb_typeof(payload) = 'object'),
    payload_sha256 text not null,
    version        integer not null check (version > 0),
    approval_no    integer not null default 0,
    reasoning      text not null,
    evidence       jsonb not null default '[]' check (jsonb_typeof(evidence) = 'array'),
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
    expires_at     timestamptz not null,
    outcome        text,
    last_actor     jsonb not null,
    check ((amount_minor is null) = (currency is null)),
    unique (org_id, thread_id)
);
create unique index action_proposals_live on action_proposals (org_id, dedupe_key)
    where status in ('pending', 'approved', 'executing', 'failed', 'unknown');
create index action_proposals_inbox on action_proposals
    (org_id, (array_position(array['critical', 'high', 'medium', 'low'], urgency)), id desc)
    where status = 'pending';
create index action_proposals_by_status on action_proposals (org_id, status, id desc);
create index action_proposals_by_subject on action_proposals (org_id, subject_key);
create index action_proposals_by_dedupe on action_proposals (org_id, dedupe_key, id desc);

create table proposal_events (
    org_id      text not null default 'default',
    event_id    bigint not null references events,
    play        text not null,
    proposal_id bigint not null references action_proposals,
    unique (org_id, event_id, play)
);
create index proposal_events_by_proposal on proposal_events (proposal_id);

-- The texts of every version. Erasable on request (set to '' and {}); the hashes stay, here and in the audit log.
create table proposal_versions (
    proposal_id    bigint not null references action_proposals,
    org_id         text not null default 'default',
    version        integer not null,
    author         text not null,
    title          text not null,
    reasoning      text not null,
    payload        jsonb not null,
    payload_sha256 text not null,
    created_at     timestamptz not null default now(),
    last_actor     jsonb not null,
    primary key (proposal_id, version)
);

create table openings (
    org_id      text not null default 'default',
    proposal_id bigint not null references action_proposals,
    version     integer not null,
    operator_id bigint not null references operators,
    opened_at   timestamptz not null default now(),
    primary key (proposal_id, version, operator_id)
);

create table executions (
    id              bigint generated always as identity primary key,
    org_id          text not null default 'default',
    proposal_id     bigint not null references action_proposals,
    attempt         integer not null check (attempt > 0),
    status          text not null default 'running'
                    check (status in ('running', 'succeeded', 'failed', 'unknown')),
    started_at      timestamptz not null default now(),
    finished_at     timestamptz,
    result_json     jsonb,
    error           text,
    idempotency_key text not null,
    last_actor      jsonb not null,
    unique (proposal_id, attempt),
    check ((status = 'running') = (finished_at is null))
);
create unique index executions_one_effective on executions (proposal_id)
    where status in ('running', 'succeeded');

-- No foreign key to the proposal, which cannot be deleted anyway: its check would lock the proposal's row while
-- the chain's lock is held, against the order proposal -> chain.
create table audit_log (
    id             bigint generated always as identity primary key,
    org_id         text not null,
    seq            bigint not null check (seq > 0),
    actor_type     text not null check (actor_type in ('system', 'user')),
    actor_id       text not null check (actor_id <> ''),
    action         text not null,
    proposal_id    bigint,
    from_status    text,
    to_status      text,
    version        integer,
    payload_sha256 text,
    ts             timestamptz not null,
    metadata_json  jsonb not null,
    prev_hash      text not null,
    hash           text not null,
    unique (org_id, seq),
    unique (org_id, prev_hash)
);
create index audit_log_by_proposal on audit_log (proposal_id, seq) where proposal_id is not null;

-- kind 'action': an action type; 'play': a play; 'system': the switch 'executions' (pause and resume).
create table policies (
    org_id   text not null default 'default',
    kind     text not null check (kind in ('action', 'play', 'system')),
    name     text not null,
    allowed  boolean not null,
    decided_by text not null,
    since    timestamptz not null default now(),
    why      text,
    last_actor jsonb not null,
    primary key (org_id, kind, name)
);

create table suppressions (
    org_id      text not null default 'default',
    subject_key text not null,
    created_by  text not null,
    created_at  timestamptz not null default now(),
    why         text,
    last_actor  jsonb not null,
    primary key (org_id, subject_key)
);

create table transactions (
    id           bigint generated always as identity primary key,
    org_id       text not null default 'default',
    occurred_at  timestamptz not null,
    kind         text not null,
    amount_minor bigint not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    counterparty text,
    customer     text,
    category     text,
    source       text not null,
    external_id  text not null,
    event_id     bigint references events,
    unique (org_id, source, external_id)
);
create index transactions_by_time on transactions (org_id, kind, occurred_at);
create index transactions_by_customer on transactions (org_id, customer, occurred_at) where customer is not null;

create table balances (
    org_id       text not null default 'default',
    account      text not null,
    kind         text not null,
    amount_minor bigint not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    as_of        timestamptz not null,
    unique (org_id, account, kind, currency, as_of)
);

create table mrr_changes (
    id          bigint generated always as identity primary key,
    org_id      text not null default 'default',
    customer    text not null,
    at          timestamptz not null,
    delta_minor bigint not null,
    currency    text not null check (currency ~ '^[A-Z]{3}$'),
    kind        text not null,
    event_id    bigint references events
);
create index mrr_changes_by_time on mrr_changes (org_id, at);

-- The latest known state of an outside object: replaced only by a newer one (as_of, rank, tiebreak).
create table snapshots (
    org_id      text not null default 'default',
    object_id   text not null,
    object_type text not null,
    subject_key text,
    state       jsonb not null,
    as_of       timestamptz not null,
    rank        smallint not null default 0,
    tiebreak    text not null default '',  -- the event's own key: the same winner whatever arrives first
    event_id    bigint references events,
    primary key (org_id, object_id)
);
create index snapshots_by_subject on snapshots (org_id, subject_key, object_type) where subject_key is not null;

-- What every reader sees: a pending proposal past its time is expired, whether or not a row says so yet.
create view proposals_effective as
select p.*,
       case when p.status = 'pending' and p.expires_at <= now() then 'expired' else p.status end
           as effective_status
from action_proposals p;
