-- name: fees
-- title: Fees
-- definition: What Stripe kept: processing fees and fees for disputes, by the day they were taken, without what a platform kept to which the account is connected; events tell only the fees for disputes, a backfill tells all until its day
-- unit: money
-- flow: out
-- counts: charges, fees
-- synonyms: stripe fees | processing fees | processing costs | processing charges | payment costs | payment fees
-- synonyms: payment processing costs | payment processing fees | payment processing | card fees
-- synonyms: card processing fees | transaction fees | transaction costs | stripe cost | stripe costs
-- synonyms: stripe costs us | stripe charges | stripe charges us | stripe charge | stripe takes | stripe take
-- synonyms: stripe takes from us | stripe kept | stripe keeps | stripe keep | stripe cut | stripe bill
-- synonyms: stripe bills us | stripe expenses | we pay stripe | we pay to stripe | spend stripe
-- synonyms: spend on stripe fees | pay in fees | pay fees | paid in fees | we pay in stripe fees | spend on fees
-- synonyms: spent on fees | dispute fees | commission | commissions | stripe commission | fees paid
-- synonyms: fees stripe charged | fees stripe took | fees stripe takes | fees to stripe | fees paid to stripe
-- synonyms: we pay stripe fees | stripe processing fees | stripe processing costs | stripe processing
-- synonyms: merchant fees | give stripe | hand to stripe | handing to stripe | goes to stripe | stripe deducted | stripe deducts | stripe skims | cost of payment processing
-- synonyms: cost of payments | cost of processing payments | lose to fees | lose to stripe fees | gone to fees
-- synonyms: fees cost us | stripe cut | processor fees | stripe pocket | cost of stripe | charged stripe
-- synonyms: processing bill | taken stripe | went to stripe | goes to stripe | stripe deductions
-- synonyms: provider fees | gateway fees
-- synonyms: stripe skims off | skimmed off | payment processor | processor costs | fees deducted
-- synonyms: stripe shaved off | stripe swallowed | stripe eats | stripe ate | eaten by fees | fees taken
-- also: itself | volume | money | stripe | charged | charges | paid | pay | processing | payment | payments | card
-- also: cards | cost | costs | took | taken | keeps | cut
-- samples: fees last month | how much do we pay Stripe | stripe fees by month | fees by type this year
-- params: from, to, group_by, currency
-- groups: month, day, week, quarter, currency, type
-- default_period: last 12 months
-- chart: line
-- columns: bucket text, currency currency, fees money, charged count
-- totals: fees, charged
-- behind: movements fee, dispute_fee
with counted as (
    select case when %(group_by)s::text = 'type' then m.kind else canvas_bucket(%(grain)s::text, m.start) end as bucket,
           m.currency, -(m.money_in + m.money_out) as fees, m.moves_out as charged
    from canvas_moves(%(org_id)s::text, array['fee', 'dispute_fee'], %(from)s::date, %(to)s::date,
                      %(grain)s::text) as m
    union all
    select g.bucket, g.currency, 0, 0
    from canvas_grid(%(org_id)s::text, array['fee', 'dispute_fee'], array['fee', 'dispute_fee'], %(from)s::date,
                     %(to)s::date, %(as_of)s::date, %(grain)s::text) as g
    where %(group_by)s::text <> 'type' and canvas_known(%(org_id)s::text, array['fee']) < %(to)s::date
), processing as (
    select canvas_known(%(org_id)s::text, array['fee']) as first,
           (select max(r.start) from rollup_kinds as r
            where r.org_id = %(org_id)s and r.grain = 'day' and r.kind = 'fee' and r.moves_in + r.moves_out > 0) as last
), charges as (
    select min(r.start) as first, max(r.start) as last
    from rollup_kinds as r
    where r.org_id = %(org_id)s and r.grain = 'day' and r.kind = 'charge' and r.moves_in > 0
      and r.start >= %(from)s::date and r.start < %(to)s::date
), answered as (
    select bucket, currency, sum(fees) as fees, sum(charged) as charged, null as unknown
    from counted
    where %(currency)s::text is null or currency = %(currency)s::text
    group by bucket, currency
    union all
    select null, null, null, null,
           canvas_unknown(p.first, %(to)s::date, 'processing fee', 'backfill Stripe''s balance transactions')
    from processing as p
    union all
    select null, null, null, null,
           'processing fees are known from ' || p.first || ' to ' || p.last
           || ' only: backfill Stripe''s balance transactions'
    from processing as p join charges as c on p.first < %(to)s::date and (c.first < p.first or c.last > p.last)
)
select * from answered
order by unknown nulls first, case when %(grain)s::text is not null then bucket end, currency,
         fees desc nulls last, bucket
