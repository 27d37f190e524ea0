-- Rollups: sums by day and month, so that the cost of an answer follows its rows and not the length of the history.
-- The ledger's own writes keep them (0016_rollup_triggers.sql).
--
-- Days are those of the org's time zone (rollup_zone), since days in UTC fit no other zone. A changed zone builds the
-- sums anew, once (rollup_rebuild).
--
-- Slots keep writers apart. Everybody books onto today: with one row a day, each writer would hold it until its
-- commit while the others wait; and two writers with two rows in different order would deadlock. A transaction
-- writes only rows of a slot that it holds alone: the first free one, without waiting; where none is free, a slot of
-- its own. Readers add the slots up. The number of slots follows how many write at once.
create table rollup_zone (
    org_id   text primary key,
    zone     text not null,
    moved_at timestamptz[] not null default '{}'  -- the latest changes of the zone, the newest first
);

-- The sums of an empty ledger are right in every zone.
insert into rollup_zone (org_id, zone) values ('default', 'UTC');

-- Movements of money by kind. Money in and money out stand apart: a won dispute, a returned payout.
create table rollup_kinds (
    org_id    text not null,
    grain     text not null check (grain in ('day', 'month')),
    kind      text not null,
    start     date not null,  -- the day, or the first day of the month
    currency  text not null,
    slot      bigint not null,
    money_in  numeric not null,  -- sums of bigints
    money_out numeric not null,  -- negative
    moves_in  bigint not null,
    moves_out bigint not null,
    primary key (org_id, grain, kind, start, currency, slot)
) with (fillfactor = 70);

-- The same by vendor (purchases and bank movements) and by customer (payments); '' where the party is not known.
create table rollup_parties (
    org_id    text not null,
    role      text not null check (role in ('vendor', 'customer')),
    grain     text not null check (grain in ('day', 'month', 'quarter')),
    kind      text not null,
    start     date not null,
    currency  text not null,
    party     text not null,
    slot      bigint not null,
    money_in  numeric not null,
    money_out numeric not null,
    moves_in  bigint not null,
    moves_out bigint not null,
    primary key (org_id, role, grain, kind, start, currency, party, slot)
) with (fillfactor = 50);
create index rollup_parties_by_party on rollup_parties (org_id, role, party, grain, start);

-- Changes of MRR by kind. Kind `level` counts the known levels of subscriptions: it tells zero from unknown.
create table rollup_mrr (
    org_id   text not null,
    grain    text not null check (grain in ('day', 'month')),
    kind     text not null,
    start    date not null,
    currency text not null,
    slot     bigint not null,
    delta    numeric not null,
    changes  bigint not null,
    primary key (org_id, grain, kind, start, currency, slot)
) with (fillfactor = 70);

-- Events by type. An event is counted when it leaves `received`: the worker counts it, no webhook waits for that.
create table rollup_events (
    org_id text not null,
    day    date not null,
    source text not null,
    type   text not null,
    slot   bigint not null,
    events bigint not null,
    primary key (org_id, day, source, type, slot)
) with (fillfactor = 70);
