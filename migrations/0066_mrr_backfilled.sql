-- Say how many subscriptions count in the MRR before a moment though no event told of their beginning; null where none does.
-- A backfill tells the prices and quantities of its day alone, so these hold from the beginning on. A rise that an event told
-- has its id.
create index mrr_changes_backfilled on mrr_changes (org_id, at) where event_id is null and delta_minor > 0;

create function canvas_mrr_backfilled(org text, until timestamptz, one text) returns text language sql stable as $$
    select format('the past of %s %s counts at the prices and quantities of the backfill: Stripe tells no earlier ones',
                  count(distinct c.subscription),
                  case count(distinct c.subscription) when 1 then 'subscription' else 'subscriptions' end)
    from mrr_changes c
    where c.org_id = org and c.event_id is null and c.delta_minor > 0 and c.at < until
      and (one is null or c.customer = one)
    having count(*) > 0
$$;
