-- Second approval: from an amount on, two operators approve before an action is performed.

-- The amount from which two approve; without one, one approval is enough. `rates`: by currency, how many minor units of
-- the rule's currency one minor unit is worth, as text. An amount of a currency without a rate needs two.
create table approval_rules (
    org_id     text primary key default 'default',
    from_minor bigint check (from_minor >= 0),
    currency   text check (currency ~ '^[A-Z]{3}$'),
    rates      jsonb not null default '{}',
    decided_by text not null,
    since      timestamptz not null default now(),
    why        text,
    last_actor jsonb not null,
    check ((from_minor is null) = (currency is null)),
    check (jsonb_typeof(rates) = 'object'
           and not jsonb_path_exists(rates, 'strict $.* ? (@.type() != "string" || !(@ like_regex "^[0-9]{1,30}([.][0-9]{1,60})?$"))'))
);
insert into approval_rules (decided_by, last_actor)
values ('migrate', '{"type": "system", "id": "migrate", "metadata": {}}');
create trigger approval_rules_stay before delete or truncate on approval_rules
    for each statement execute function refuse('set another amount, or none, instead');
alter table approval_rules enable always trigger approval_rules_stay;

-- One row an approver of a proposal that needs two. It counts for just this version and this payload, until it is voided.
create table approvals (
    id             bigint generated always as identity primary key,
    org_id         text not null default 'default',
    proposal_id    bigint not null references action_proposals,
    version        integer not null,
    operator_id    bigint not null references operators,
    payload_sha256 text not null,
    at             timestamptz not null default now(),
    voided_at      timestamptz,
    last_actor     jsonb not null
);
create unique index approvals_once on approvals (org_id, proposal_id, version, operator_id) where voided_at is null;
create trigger approvals_stay before delete or truncate on approvals
    for each statement execute function refuse('an approval is voided, not deleted');
alter table approvals enable always trigger approvals_stay;

-- How many operators must approve: the amount at stake counts, and so does the one in the payload, which is what is
-- performed. An amount that cannot be read needs two. A notice performs nothing, so one operator acknowledges it.
create function execops_approvals_needed(org text, action text, stake bigint, stake_currency text, payload jsonb)
returns integer language sql stable as $$
    select case when exists (
        select from approval_rules r
        cross join lateral (
            select abs(stake::numeric) as minor, stake_currency as unit where stake is not null
            union all
            select case when payload ->> 'amount' ~ '^[0-9]{1,15}([.][0-9]{1,3})? [A-Z]{3}$'
                        then replace(split_part(payload ->> 'amount', ' ', 1), '.', '')::numeric end,
                   split_part(payload ->> 'amount', ' ', 2)
            where payload ? 'amount'
        ) sum
        where r.org_id = org and r.from_minor is not null and action <> 'notice'
          and coalesce(sum.minor * case when sum.unit = r.currency then 1
                                        else (r.rates ->> sum.unit)::numeric end >= r.from_minor, true)
    ) then 2 else 1 end
$$;

-- How many enabled operators approved just this.
create function execops_approvals_given(org text, proposal bigint, of_version integer, sha256 text)
returns integer language sql stable as $$
    select count(distinct a.operator_id)::integer
    from approvals a join operators o on o.id = a.operator_id
    where a.org_id = org and a.proposal_id = proposal and a.version = of_version and a.payload_sha256 = sha256
      and a.voided_at is null and o.disabled_at is null and o.role in ('founder', 'ops')
$$;

-- How many enabled operators may approve an amount of the rule.
create function execops_second_approvers(rule approval_rules) returns integer language sql stable as $$
    select count(*)::integer from operators o
    where o.org_id = rule.org_id and o.disabled_at is null and (o.expires_at is null or o.expires_at > now())
      and o.role in ('founder', 'ops')
      and o.limits -> 'vertical' is distinct from '[]' and o.limits -> 'action' is distinct from '[]'
      and (not o.limits ? 'amount'
           or (o.limits #>> '{amount,minor}')::numeric
              * case when o.limits #>> '{amount,currency}' = rule.currency then 1
                     else (rule.rates ->> (o.limits #>> '{amount,currency}'))::numeric end >= rule.from_minor)
$$;

-- The guard of the rule: a founder sets it, and only where two may approve.
create function approval_rule_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.org_id <> old.org_id then
        raise exception 'approval_rules: org_id never changes' using errcode = 'EX003';
    end if;
    new.last_actor := execops_actor();
    if not execops_decides(new.last_actor, new.org_id)
       or not exists (select from operators o where o.id::text = new.last_actor ->> 'id' and o.role = 'founder') then
        raise exception 'only a founder says from which amount two approve' using errcode = 'EX004';
    end if;
    if new.from_minor is not null and execops_second_approvers(new) < 2 then
        raise exception 'fewer than two operators may approve such an amount' using errcode = 'EX002';
    end if;
    return new;
end $$;
create trigger approval_rule_guard before insert or update on approval_rules
    for each row execute function approval_rule_guard();
alter table approval_rules enable always trigger approval_rule_guard;

create function approval_rule_audited() returns trigger language plpgsql as $$
begin
    perform audit_write(new.org_id, new.last_actor,
        'second_approval.' || case when new.from_minor is null then 'unset' else 'set' end,
        null, null, null, null, null,
        jsonb_strip_nulls(jsonb_build_object(
            'from_minor', new.from_minor, 'currency', new.currency, 'rates', nullif(new.rates, '{}'), 'why', new.why)));
    return null;
end $$;
create constraint trigger approval_rule_audit after insert or update on approval_rules
    deferrable initially deferred for each row execute function approval_rule_audited();
alter table approval_rules enable always trigger approval_rule_audit;

-- While two must approve, two must be able to: the last but one is not revoked. The rule's row is the lock, so that two
-- founders who revoke at once do not both see the other's.
create function operator_second_guard() returns trigger language plpgsql as $$
declare
    rule approval_rules;
begin
    select * into rule from approval_rules r where r.org_id = new.org_id for no key update;
    if rule.from_minor is not null and execops_second_approvers(rule) < 2 then
        raise exception 'two operators approve large amounts, and then fewer than two could' using errcode = 'EX002';
    end if;
    return null;
end $$;
create trigger operator_second_guard after update on operators
    for each row when (old.disabled_at is distinct from new.disabled_at or old.role <> new.role
                       or old.limits <> new.limits)
    execute function operator_second_guard();
alter table operators enable always trigger operator_second_guard;

do $$
declare
    name regprocedure;
begin
    foreach name in array array[
        'execops_approvals_needed(text, text, bigint, text, jsonb)', 'execops_approvals_given(text, bigint, integer, text)',
        'execops_second_approvers(approval_rules)', 'approval_rule_guard()', 'approval_rule_audited()',
        'operator_second_guard()']::regprocedure[]
    loop
        execute format('alter function %s set search_path = pg_catalog, %I, pg_temp', name, current_schema());
    end loop;
end $$;
