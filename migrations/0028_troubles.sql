-- Troubles: how often a process refused something or failed, by kind and day, so that a person sees it afterwards.

-- `kind` is a short phrase of the code, `detail` the code of the last one; neither holds words of a peer.
create table troubles (
    org_id   text not null default 'default',
    kind     text not null check (kind <> ''),
    day      date not null,
    count    bigint not null check (count > 0),
    detail   text not null default '',
    first_at timestamptz not null,
    last_at  timestamptz not null,
    primary key (org_id, kind, day)
);
