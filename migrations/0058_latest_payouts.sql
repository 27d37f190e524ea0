-- The latest payouts, each by itself, without sorting a year of them and without a look at each row.
create index transactions_payouts on transactions (org_id, occurred_at desc, id desc)
    include (external_id, currency, amount_minor) where kind = 'payout' and amount_minor < 0;
