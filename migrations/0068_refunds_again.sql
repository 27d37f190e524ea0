-- A refund may fail later, and the charge be refunded again: then the sum of the charge is the same before and after. Stripe's
-- event tells the sum that it changed: `before_minor` is what was refunded before the event, null where it does not tell.
alter table charge_totals add column before_minor bigint;
