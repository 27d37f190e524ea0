-- The first day of which a webhook is known, for the metric that counts them: what a file or an operator tells is none.
create function canvas_webhooks_known(org text) returns date language sql stable as $$
    select r.day from rollup_events r
    where r.org_id = org and r.source not in ('bank', 'execops')
    order by r.day limit 1
$$;
