-- name: receivables
-- title: Receivables
-- definition: Invoices that are open now, the longest overdue first, with what is still to be paid; overdue: its due day is past; an invoice without a due day is charged by Stripe itself
-- unit: money
-- flow: in
-- synonyms: outstanding invoices | accounts outstanding invoices | unpaid invoices | overdue invoices
-- synonyms: who owes us | owes us | owe us | owed | owed to us | invoices overdue | invoices unpaid | unpaid bills
-- synonyms: outstanding payments | overdue payments | late payments | overdue | customers owe
-- synonyms: late invoices | invoices outstanding | customers overdue | unpaid | outstanding
-- synonyms: invoices waiting for payment | awaiting payment | money owed to us | what are we owed
-- synonyms: we are owed | outstanding balance | outstanding balances | past due invoices | past due
-- synonyms: first overdue invoices | late payers | who pays late
-- synonyms: debtors | debts to us | invoices past due
-- also: money | customers | customer | invoices | invoice | who | which | payments | still | we | most
-- samples: who owes us money | open invoices | overdue invoices | receivables in EUR | what does Acme owe us
-- params: limit, currency, customer
-- default_period: now
-- chart: list
-- columns: due_on date, customer text, name text, invoice text, currency currency, open money, status text
-- totals: open
-- behind: events invoice.finalized, invoice.sent, invoice.overdue, invoice.payment_failed
with answered as (
    select ((s.state ->> 'due_date')::timestamptz at time zone %(zone)s::text)::date as due_on,
           s.state ->> 'customer' as customer, coalesce(c.state ->> 'name', s.state ->> 'customer_name') as name,
           s.object_id as invoice, s.state ->> 'currency' as currency,
           coalesce((s.state ->> 'amount_remaining')::numeric, (s.state ->> 'amount_due')::numeric) as open,
           case when ((s.state ->> 'due_date')::timestamptz at time zone %(zone)s::text)::date < %(as_of)s::date
                then 'overdue' else 'open' end as status,
           null as unknown,
           case when %(as_of)s::date < %(today)s::date
                then 'as they are now: which invoices were open on an earlier day is not on record' end as note
    from snapshots as s
    left join snapshots as c on c.org_id = %(org_id)s::text and c.object_id = s.state ->> 'customer'
    where s.org_id = %(org_id)s::text and s.object_type = 'invoice' and s.state ->> 'status' = 'open'
      and (%(customer)s::text is null or s.state ->> 'customer' = %(customer)s::text)
      and (%(currency)s::text is null or s.state ->> 'currency' = %(currency)s::text)
    union all
    select null, null, null, null, null, null, null,
           canvas_unknown(coalesce(canvas_stripe_known(%(org_id)s::text),
                                   (select %(as_of)s::date from snapshots as known
                                    where known.org_id = %(org_id)s::text and known.object_type = 'invoice' limit 1)),
                          %(as_of)s::date + 1, 'event of Stripe', 'let Stripe send its events here'),
           null
)
select * from answered
order by unknown nulls first, due_on nulls last, open desc, invoice
limit coalesce(%(limit)s::bigint, 1000) + 1
