-- execops_erase: the one way to erase the words about a customer. 0051_erasure_guards.sql says who may, and what stays.

-- For the reasons of suppressions, which name no proposal.
create index audit_log_subjects on audit_log (org_id, (metadata_json ->> 'subject')) where metadata_json ? 'subject';

-- The words of an audit row are blanked in the erasure of the customer whom it is about, and never otherwise.
create function audit_words_erased() returns trigger language plpgsql as $$
begin
    if (new.org_id, new.seq, new.salt, new.words) is distinct from (old.org_id, old.seq, '', '{}'::jsonb)
       or not exists (
           select from audit_log a left join action_proposals p on p.id = a.proposal_id
           where a.org_id = old.org_id and a.seq = old.seq
             and execops_erasing(old.org_id, coalesce(p.subject_key, a.metadata_json ->> 'subject'))) then
        raise exception 'the words of audit row % are erased with their customer, not by hand', old.seq
            using errcode = 'EX003';
    end if;
    return new;
end $$;
create trigger audit_words_erased before update on audit_words
    for each row execute function audit_words_erased();
alter table audit_words enable always trigger audit_words_erased;

create function proposal_erasure_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor, 'proposal.erased', new.id, new.status, new.status, new.version,
                        new.payload_sha256, '{}');
    return null;
end $$;
create constraint trigger proposal_erased_audit after update on action_proposals
    deferrable initially deferred for each row when (old.erased_at is null and new.erased_at is not null)
    execute function proposal_erasure_audited();
alter table action_proposals enable always trigger proposal_erased_audit;

-- The state of an outside object without words: numbers, moments, ids and the fixed words of Stripe stay, so that every sum
-- and every judgement by state stays too.
create function execops_without_words(value jsonb, key text) returns jsonb language plpgsql immutable as $$
declare
    is_kept boolean := key in (
        'amount', 'arrival_date', 'arrives', 'billing_reason', 'cancel_at', 'cancel_cause', 'cancel_reason',
        'canceled_at', 'case_type', 'charge', 'collection_method', 'completed_at', 'created', 'currency',
        'current_period_end', 'customer', 'decline', 'default_card', 'default_method', 'due_by', 'due_date',
        'duration', 'eligible_for', 'end', 'end_behavior', 'ended_at', 'failure_code', 'failure_reason',
        'finalized_at', 'fraud_type', 'id', 'intent', 'interval', 'invoice', 'item', 'latest_invoice', 'method',
        'method_id', 'missing_method', 'moved_currency', 'next_action', 'next_payment_attempt', 'payments',
        'period_end', 'price', 'product', 'reason', 'released_at', 'schedule', 'start', 'status', 'subscription',
        'subscription_item', 'three_d_secure', 'trial_end', 'trial_start', 'type', 'unresolved', 'usage_type',
        'wallet');
begin
    case jsonb_typeof(value)
    when 'object' then
        return (select coalesce(jsonb_object_agg(m.key, execops_without_words(m.value, m.key)), '{}')
                from jsonb_each(value) m);
    when 'array' then
        return (select coalesce(jsonb_agg(execops_without_words(e.value, key) order by e.ordinality), '[]')
                from jsonb_array_elements(value) with ordinality e where is_kept or jsonb_typeof(e.value) <> 'string');
    when 'string' then
        return case when is_kept or key = 'coupon' then value else 'null' end;
    when 'number' then
        return case when key in ('exp_month', 'exp_year') then 'null' else value end;
    else
        return value;
    end case;
end $$;

-- Erase a customer whose proposals have all ended; returns how much was erased of each kind, and the keys of the messages.
create function execops_erase(org text, customer_id text) returns jsonb language plpgsql security definer as $$
declare
    keys    text[] := execops_subjects(org, customer_id);
    names   text[];  -- in small letters, as other rows may tell them
    ids     bigint[];
    threads text[];
    counts  jsonb := '{}';
    n       bigint;
begin
    insert into erasures (org_id, subject_key, subjects) values (org, customer_id, keys);
    select array_agg(distinct lower(v.value)) into names
    from snapshots s, jsonb_each_text(s.state) v
    where s.org_id = org and s.object_id = any (keys) and length(v.value) > 2
      and v.key in ('name', 'email', 'customer_name', 'customer_email');
    names := coalesce(names, '{}') || lower(customer_id);
    select coalesce(array_agg(p.id), '{}') into ids from action_proposals p
    where p.org_id = org and p.subject_key = any (keys);

    update notifications set status = 'dropped' where proposal_id = any (ids) and status = 'waiting';
    update notifications set erased_at = now() where proposal_id = any (ids) and erased_at is null;
    update executions set erased_at = now() where proposal_id = any (ids) and erased_at is null;
    update action_proposals set erased_at = now() where id = any (ids) and erased_at is null;
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('proposals', n);
    update proposal_versions set title = '', verdict = '', reasoning = '', payload = '{}'
    where proposal_id = any (ids) and (title, verdict, reasoning, payload) <> ('', '', '', '{}');
    update suppressions set why = null where org_id = org and subject_key = any (keys);
    delete from liftings where org_id = org and subject_key = any (keys);
    update audit_words w set salt = '', words = '{}' from audit_log a
    where a.org_id = org and w.org_id = org and w.seq = a.seq and w.salt <> ''
      and (a.proposal_id = any (ids) or a.metadata_json ? 'subject' and a.metadata_json ->> 'subject' = any (keys));
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('audit_entries', n);

    update events e
    set payload_gone = 'erased', error = case when e.error is not null then 'erased' end,
        outcome = (select coalesce(jsonb_agg(o.value - 'why' order by o.ordinality), '[]')
                   from jsonb_array_elements(e.outcome) with ordinality o)
    where e.org_id = org and (e.subject_key = any (keys) or e.object_id = any (keys))
      and e.payload_gone is distinct from 'erased';
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('events', n);
    select array_agg(c.thread_id) into threads
    from (select thread_id from checkpoints union select thread_id from checkpoint_writes) c
    where c.thread_id in (select p.thread_id from action_proposals p where p.id = any (ids))
       or split_part(c.thread_id, ':', 2) in (
           select e.id::text from events e
           where e.org_id = org and (e.subject_key = any (keys) or e.object_id = any (keys)));
    delete from checkpoint_writes where thread_id = any (threads);
    delete from checkpoint_blobs where thread_id = any (threads);
    delete from checkpoints where thread_id = any (threads);
    delete from snapshots s  -- these are words, and nothing sums them
    where s.org_id = org and s.object_id = any (keys) and s.object_type in ('conversation', 'message', 'sentry_hit');
    update snapshots s set state = execops_without_words(s.state, '')
    where s.org_id = org and s.object_id = any (keys);
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('snapshots', n);
    update mrr_levels l set terms = execops_without_words(l.terms, '') where l.org_id = org and l.customer = customer_id;

    -- A line of a bank tells the name of who paid. The money stays, under the customer's id.
    update events e
    set payload_gone = 'erased', outcome = '[]', error = null, object_id = 'bank:erased', subject_key = 'bank:erased'
    where e.org_id = org and e.source = 'bank' and lower(e.payload_json ->> 'vendor') = any (names)
      and not exists (select from proposal_events pe where pe.org_id = org and pe.event_id = e.id);
    update transactions t set counterparty = customer_id
    where t.org_id = org and t.source = 'bank' and t.amount_minor > 0 and lower(t.counterparty) = any (names)
      and t.counterparty <> customer_id;
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('movements', n);
    delete from rollup_parties r using (
        select z.grain, z.kind, z.start, z.currency, z.party from rollup_parties z
        where z.org_id = org and z.role = 'vendor' and lower(z.party) = any (names) and z.party <> customer_id
        group by 1, 2, 3, 4, 5 having sum(z.moves_in) = 0 and sum(z.moves_out) = 0) empty
    where r.org_id = org and r.role = 'vendor'
      and (r.grain, r.kind, r.start, r.currency, r.party)
          = (empty.grain, empty.kind, empty.start, empty.currency, empty.party);
    delete from canvas_refusals c
    where c.org_id = org and exists (select from unnest(names) as name where position(name in lower(c.question)) > 0);
    get diagnostics n = row_count;
    counts := counts || jsonb_build_object('questions', n);
    return counts || jsonb_build_object(
        'older_entries', (select count(*) from audit_log a
                          where a.org_id = org and a.metadata_json ?| array['reason', 'why', 'outcome', 'error']
                            and (a.proposal_id = any (ids) or a.metadata_json ->> 'subject' = any (keys))),
        'keys', (select coalesce(jsonb_agg(distinct e.idempotency_key), '[]') from executions e
                 where e.proposal_id = any (ids)),
        'notified', (select coalesce(jsonb_agg(n.idempotency_key), '[]') from notifications n where n.proposal_id = any (ids)));
end $$;

do $$
declare
    pinned text;
begin
    foreach pinned in array array[
        'erasure_authority()', 'erasure_audited()', 'execops_erasing(text, text)', 'erasure_guard()',
        'audit_words_erased()', 'proposal_erasure_audited()', 'execops_subjects(text, text)', 'execops_elsewhere(text, text)', 'execops_erase(text, text)']
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', pinned, current_schema());
    end loop;
    foreach pinned in array array['erasure_audited()', 'proposal_erasure_audited()'] loop
        execute format('alter function %s security definer', pinned);
        execute format('revoke execute on function %s from public', pinned);
    end loop;
    revoke execute on function execops_erase(text, text) from public;
end $$;
