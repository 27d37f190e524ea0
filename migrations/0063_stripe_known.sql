-- The first day on which Stripe's events are known, for the metrics that count them: a bank's file says nothing of invoices.
create function canvas_stripe_known(org text) returns date language sql stable as $$
    select r.day from rollup_events r where r.org_id = org and r.source = 'stripe' order by r.day limit 1
$$;
