-- What the rest of the Money plays ask of the ledger.

-- The objects that an object is about: a dispute's charge.
alter table snapshots add column links text[] not null default '{}';
create index snapshots_by_link on snapshots using gin (links);

-- The MRR of a subscription as each of its events shows it. mrr_changes is derived from these, so that the
-- order of arrival does not matter.
create table mrr_levels (
    org_id       text not null default 'default',
    subscription text not null,
    customer     text not null,
    at           timestamptz not null,
    rank         smallint not null default 0,
    tiebreak     text not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    level_minor  bigint not null check (level_minor >= 0),
    event_id     bigint references events,
    primary key (org_id, subscription, currency, at, rank, tiebreak)
);
alter table mrr_changes add column subscription text;
create index mrr_changes_by_subscription on mrr_changes (org_id, subscription);

create index transactions_by_vendor on transactions (org_id, counterparty, occurred_at)
    where counterparty is not null;
create index balances_latest on balances (org_id, account, kind, currency, as_of desc);
