create table peer_events (
    id         bigint generated always as identity primary key,
    dedupe_key text not null unique,
    type       text not null,
    payload    jsonb not null
);
create table peer_proposals (
    id       bigint generated always as identity primary key,
    event_id bigint not null references peer_events,
    draft    jsonb not null,
    at       timestamptz not null default clock_timestamp()
);
