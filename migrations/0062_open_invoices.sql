-- Open invoices about which no play drafts before a moment: an event of their customer reads the others only.

-- The open invoices, one row each; the snapshots' writes keep them. An invoice rests until `rests_until`, for as long as its
-- customer has this `context`. `payments` are the amounts and the ids by which a payment may be one of the invoice. `changes`
-- counts the writes of its snapshot, so that whoever judged an older state lays nothing to rest.
create table open_invoices (
    org_id      text not null,
    invoice     text not null,
    subject_key text not null,
    payments    text[] not null,
    as_of       timestamptz not null,
    changes     bigint not null default 0,
    context     uuid not null default '00000000-0000-0000-0000-000000000000',
    rests_until timestamptz not null default '-infinity',
    primary key (org_id, invoice)
);
create index open_invoices_by_rest on open_invoices (org_id, subject_key, context, rests_until);
create index open_invoices_latest on open_invoices (org_id, subject_key, as_of, invoice collate "C");

-- The customers with many open invoices. `beside` is the digest of what is known of them beside invoices and payments,
-- `payments` are those that tell something of an open invoice, both as of the last judgement. A change of these for many
-- invoices makes another `context`, so that none rests any more.
create table resting_subjects (
    org_id      text not null,
    subject_key text not null,
    context     uuid not null,
    beside      uuid not null,
    payments    jsonb not null,
    judged_at   timestamptz not null,
    primary key (org_id, subject_key)
);

create function open_invoice_payments(state jsonb) returns text[] language sql immutable as $$
    select array_remove(array[state ->> 'amount_remaining', state ->> 'amount_due'], null)
           || array(select jsonb_array_elements_text(
                        case when jsonb_typeof(state -> 'payments') = 'array' then state -> 'payments' else '[]' end))
$$;

create function open_invoice_kept() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from open_invoices o where o.org_id = old.org_id and o.invoice = old.object_id;
    elsif new.object_type = 'invoice' and new.state ->> 'status' = 'open' and new.subject_key is not null then
        insert into open_invoices as o (org_id, invoice, subject_key, payments, as_of)
        values (new.org_id, new.object_id, new.subject_key, open_invoice_payments(new.state), new.as_of)
        on conflict (org_id, invoice) do update
        set subject_key = excluded.subject_key, payments = excluded.payments, as_of = excluded.as_of,
            changes = o.changes + 1, context = excluded.context, rests_until = excluded.rests_until;
    elsif tg_op = 'UPDATE' then
        delete from open_invoices o where o.org_id = new.org_id and o.invoice = new.object_id;
    end if;
    return null;
end $$;
create trigger open_invoice_added after insert on snapshots
    for each row when (new.object_type = 'invoice') execute function open_invoice_kept();
create trigger open_invoice_changed after update on snapshots
    for each row when (old.object_type = 'invoice' or new.object_type = 'invoice') execute function open_invoice_kept();
create trigger open_invoice_deleted after delete on snapshots
    for each row when (old.object_type = 'invoice') execute function open_invoice_kept();

insert into open_invoices (org_id, invoice, subject_key, payments, as_of)
select org_id, object_id, subject_key, open_invoice_payments(state), as_of from snapshots
where object_type = 'invoice' and state ->> 'status' = 'open' and subject_key is not null;

-- The latest settled invoices and the latest payments of a customer stand at the end of an index, and so do the few of their
-- objects that are about another one.
create index snapshots_linking on snapshots (org_id, subject_key) where cardinality(links) > 0;
create index snapshots_settled on snapshots (org_id, subject_key, as_of desc, object_id)
    where object_type = 'invoice' and state ->> 'status' <> 'open';
create index snapshots_payments on snapshots (org_id, subject_key, as_of desc, object_id)
    where object_type in ('charge', 'payment_intent');

do $$
begin
    execute format('alter function open_invoice_kept() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
