-- Build the sums of an org anew, in this time zone. The lock waits for the transactions that have changed a sum, and
-- keeps others from changing one (rollup_slot). The rebuild waits for nothing after it, so it is part of no deadlock. A
-- lock of the tables would be: writers take those in several orders. Rows come in portions, so that a long history fits
-- memory.
create function rollup_rebuild(org text, new_zone text) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7312 /* rollup rebuild */, 0);
    insert into rollup_zone as z (org_id, zone, moved_at) values (org, new_zone, array[now()])
    on conflict (org_id) do update
    set zone = excluded.zone, moved_at = (excluded.moved_at || z.moved_at)[1:10]
    where z.zone <> excluded.zone;
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
    from events e where e.org_id = org and e.status <> 'received' and e.source <> 'execops'
    group by 1, 2, 3, 4;
end $$;
