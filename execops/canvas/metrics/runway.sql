-- name: runway
-- title: Runway
-- definition: Months until the cash is gone: cash divided by the average net burn of the last three full months, in each currency by itself; a loan, an investment or a grant that came in counts in the cash and is left out of the burn, and so is a transfer between own accounts that the bank names as such or whose two halves are in the books; no months where nothing burns
-- unit: months
-- counts: months
-- synonyms: how long will our money last
-- synonyms: months left | months of cash | months of runway | months of money | how many months have left
-- synonyms: how long until run out of money | how long until run out of cash | run out of money
-- synonyms: run out of cash | when run out of money | when run out of cash | when will run out of money
-- synonyms: when will run out of cash | how long until run out | when run out | when money runs out
-- synonyms: when cash runs out | how long before run out of money | how long before run out of cash
-- synonyms: how long before run out | how long until money gone | how long until cash gone
-- synonyms: how many months until money gone | months until money gone | months until cash gone
-- synonyms: months until run out of money | months until run out of cash | months before run out of cash
-- synonyms: months before run out of money | months before money gone | how long till run out of money
-- synonyms: how long till run out of cash | months till run out of cash | months till run out of money
-- synonyms: months till money gone | when money gone | when cash gone | how long money last | how long cash last
-- synonyms: how many months cash last | months cash last | months money last | time to zero | time until broke
-- synonyms: how long until broke | when broke | until are broke | zero cash date | cash zero date | cash zero
-- synonyms: cash out date | date run out of cash | date run out of money | when are out of money
-- synonyms: when are out of cash | how long survive | how long can survive | how long will survive | how many months will survive | how many months survive | survive
-- synonyms: months to live | how long to live | how much time left | time left | how long left
-- synonyms: how much time have left | cash runway | runway months | runway left | runway remaining
-- synonyms: months remaining | months of runway left | months runway left | when hit zero | when hit zero cash
-- synonyms: hit zero | how long keep lights on | keep lights on | stay alive | how long stay alive
-- synonyms: how many months in bank | months in the tank | left in the tank | months of burn left
-- synonyms: how long cash hold out | how long hold out | how much runway | run dry | how long can last
-- synonyms: how long last | months keep going | money runs out | cash runs out | funds run out | run out
-- synonyms: months can keep going | how far cash go | cash stretch | money stretch | bankrupt | go bust | bust
-- synonyms: insolvent | tank empty | until broke | till broke | before broke | skint | bankruptcy
-- synonyms: till when cash last | till when money last | months of life left
-- synonyms: how long till out of money | how long till out of cash | till out of cash | funding left
-- synonyms: how long do we have | how long have we got | time to broke | how long can we keep
-- synonyms: how long can we go on
-- also: can | could | still | when | until | till | before | long | months | month | cash | money | left
-- also: time | date | we | run | runs | out | gone | have | remaining | funds | bank
-- samples: runway | how long until we run out of money | how many months do we have left | runway in USD
-- params: currency
-- default_period: now
-- chart: number
-- columns: currency currency, cash money, burn money, months months
-- behind: proposals runway_low
with asked as (
    select (%(as_of)s::date + 1)::timestamp at time zone %(zone)s::text as until
)
select r.currency, r.cash, r.burn, r.months, r.unknown, null as note
from asked cross join runway_by_currency(%(org_id)s::text, %(zone)s::text, asked.until, %(currency)s::text) as r
union all
select null, null, null, null, null,
       'no balance is known of: ' || canvas_without_balance(%(org_id)s::text, asked.until, %(currency)s::text)
from asked
order by unknown nulls first, currency
