-- Events: every delivery that was verified and stored, and its outcome.
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
create index events_by_time on events (org_id, occurred_at);

-- For the metrics: failed payments by time, and those that do not count.
create index events_failed_payments on events (org_id, occurred_at) where type = 'invoice.payment_failed';
create index events_ignored_payments on events (org_id, occurred_at)
    where type = 'invoice.payment_failed' and status = 'ignored';
