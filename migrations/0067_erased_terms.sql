-- An erasure keeps the terms of subscriptions: amounts that Stripe writes as text, the way of a tier and of a rounding, the
-- products of a discount and its end. Without them the recurring revenue of an erased customer could not be counted again.
create or replace function execops_without_words(value jsonb, key text) returns jsonb language plpgsql immutable as $$
declare
    is_kept boolean := key in (
        'amount', 'arrival_date', 'arrives', 'at', 'billing_reason', 'cancel_at', 'cancel_cause', 'cancel_reason',
        'canceled_at', 'case_type', 'charge', 'collection_method', 'completed_at', 'created', 'currency',
        'current_period_end', 'customer', 'decline', 'default_card', 'default_method', 'discount', 'due_by', 'due_date',
        'duration', 'eligible_for', 'end', 'end_behavior', 'ended_at', 'failure_code', 'failure_reason', 'fee_currency',
        'finalized_at', 'flat', 'fraud_type', 'id', 'intent', 'interval', 'invoice', 'item', 'latest_invoice', 'method',
        'method_id', 'missing_method', 'moved_currency', 'next_action', 'next_payment_attempt', 'payments',
        'period_end', 'price', 'product', 'products', 'reason', 'released_at', 'round', 'schedule', 'start', 'status',
        'subscription', 'subscription_item', 'three_d_secure', 'tiers_mode', 'trial_end', 'trial_start', 'type', 'unit',
        'unit_amount', 'unresolved', 'usage_type', 'wallet');
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
