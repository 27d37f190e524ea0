-- Build the sums of an org anew, in this time zone. Table locks keep writers out meanwhile. Rows come in portions, so
-- that a long history fits memory.
create function rollup_rebuild(org text, new_zone text) returns void language plpgsql as $$
begin
    lock table events, mrr_levels, mrr_changes, transactions in share row exclusive mode;
    insert into rollup_zone values (org, new_zone) on conflict (org_id) do update set zone = excluded.zone;
    delete from rollup_kinds where org_id = org;
    delete from rollup_parties where org_id = org;
    delete from rollup_mrr where org_id = org;
    delete from rollup_events where org_id = org;

    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from transactions t where t.org_id = org) n
    group by n.portion;
    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from mrr_changes t where t.org_id = org) n
    group by n.portion;
    perform roll_up(array_agg(n.t), 1)
    from (select t, row_number() over () / 20000 as portion from mrr_levels t where t.org_id = org) n
    group by n.portion;
    insert into rollup_events
    select e.org_id, (e.occurred_at at time zone new_zone)::date, e.source, e.type, rollup_slot(), count(*)
    from events e where e.org_id = org and e.status <> 'received'
    group by 1, 2, 3, 4;
end $$;
