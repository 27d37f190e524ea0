-- The ledger: what outside objects look like, and what the money did.

-- The latest known state of an outside object. Only a newer one replaces it: by as_of, then rank, then tiebreak.
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
    links       text[] not null default '{}',  -- the objects that it is about: a dispute's charge
    primary key (org_id, object_id)
);
create index snapshots_by_subject on snapshots (org_id, subject_key, object_type) where subject_key is not null;
create index snapshots_by_link on snapshots using gin (links);
create index snapshots_customers on snapshots (org_id, object_id) where object_type = 'customer';
create index snapshots_open_invoices on snapshots (org_id, subject_key)
    where object_type = 'invoice' and state ->> 'status' = 'open';
create index snapshots_open_disputes on snapshots (org_id) where object_type = 'dispute' and state ->> 'open' = 'true';
create index snapshots_disputes on snapshots (org_id, (state ->> 'created')) where object_type = 'dispute';

-- Movements of money, one row an external id.
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
    purpose      text,  -- by a bank's text: payroll, tax, financing ...; payout, transfer: perhaps half of a transfer
    other_half   bigint,  -- of a bank's line: the movement that is the other half of the same transfer
    source       text not null,
    external_id  text not null,
    event_id     bigint references events,
    payment_ids  text[] not null default '{}',  -- the payment that it is about: its charge, its payment intent
    case_id      text,  -- the dispute of which this is a line
    further      boolean not null default false,  -- a line after the first of its case: it counts as no other movement
    -- The same money in the currency of the disputed charge, if the bank took it in another currency.
    charge_minor    bigint,
    charge_currency text check (charge_currency ~ '^[A-Z]{3}$'),
    check ((charge_minor is null) = (charge_currency is null)),
    unique (org_id, source, external_id)
);
create index transactions_by_time on transactions (org_id, kind, occurred_at);
create index transactions_latest on transactions (org_id, occurred_at);
create index transactions_by_customer on transactions (org_id, customer, occurred_at) where customer is not null;
create index transactions_by_vendor on transactions (org_id, counterparty, occurred_at)
    where counterparty is not null;
create index transactions_invoice_paid on transactions (org_id, external_id) where kind = 'invoice_paid';
create index transactions_without_customer on transactions using gin (payment_ids) where customer is null;
create index transactions_refunds on transactions using gin (payment_ids) where kind in ('refund', 'release');
create index transactions_by_case on transactions (org_id, case_id) where case_id is not null;
create index transactions_of_other_charges on transactions (org_id, occurred_at) where charge_currency is not null;

-- The sums that the events of a charge show: how much went back so far, and how much of the charge was never captured.
-- The refunds that no event names are derived from these (settle_refunds), so the order of arrival does not matter.
create table charge_totals (
    org_id         text not null default 'default',
    charge         text not null,
    at             timestamptz not null,
    captured       boolean not null,
    refunded_minor bigint not null,  -- as the charge shows it: with the part that was released
    released_minor bigint not null,  -- never captured, so it went back without having come
    currency       text not null check (currency ~ '^[A-Z]{3}$'),
    customer       text,
    payment_ids    text[] not null,
    event_id       bigint references events,
    primary key (org_id, charge, at, captured, refunded_minor, released_minor)
);
create index charge_totals_by_payment on charge_totals using gin (payment_ids);

-- The customer who made a payment, by each id that names the payment. A refund names only its payment. The row of a
-- payment whose customer is not known yet lets two writers of the same payment wait for each other.
create table payers (
    org_id   text not null default 'default',
    payment  text not null,
    customer text,
    primary key (org_id, payment)
);

-- What lay in an account at a moment.
create table balances (
    org_id       text not null default 'default',
    account      text not null,
    kind         text not null,
    amount_minor bigint not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    as_of        timestamptz not null,
    unique (org_id, account, kind, currency, as_of)
);
create index balances_latest on balances (org_id, account, kind, currency, as_of desc);

-- The MRR of a subscription, as each of its events shows it, a row for each currency. mrr_changes is derived from the
-- terms of these states, so the order of arrival does not matter. A part that a state names but that no message told
-- stands in left_out; the level then holds the rest.
create table mrr_levels (
    org_id       text not null default 'default',
    subscription text not null,
    customer     text not null,
    at           timestamptz not null,
    rank         smallint not null default 0,
    tiebreak     text not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    level_minor  bigint not null check (level_minor >= 0),
    terms        jsonb not null default '{}',  -- status, items and discounts, as the event told them
    left_out     text[] not null default '{}',
    event_id     bigint references events,
    primary key (org_id, subscription, currency, at, rank, tiebreak)
);
create index mrr_levels_by_customer on mrr_levels (org_id, customer);
create index mrr_levels_in_part on mrr_levels (org_id, at) where left_out <> '{}';

-- The movements of a customer's MRR. `subscription` is the one whose change moved it.
create table mrr_changes (
    id           bigint generated always as identity primary key,
    org_id       text not null default 'default',
    customer     text not null,
    at           timestamptz not null,
    delta_minor  bigint not null,
    currency     text not null check (currency ~ '^[A-Z]{3}$'),
    kind         text not null,
    event_id     bigint references events,
    subscription text
);
create index mrr_changes_by_time on mrr_changes (org_id, at);
create index mrr_changes_by_subscription on mrr_changes (org_id, subscription);
create index mrr_changes_churned on mrr_changes (org_id, at) where kind = 'churn';
create index mrr_changes_by_customer on mrr_changes (org_id, customer, at);
