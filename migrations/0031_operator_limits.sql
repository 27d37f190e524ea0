-- Limits and tokens of operators: the shape of limits, when a token ends, and when it was last used.

-- Limits are an object of these keys, each of which may be missing: `vertical` and `action` list what the operator decides
-- on; `amount` is the largest sum, {"minor": 50000, "currency": "USD"}. It uses built-in functions alone, so that a
-- backup is restored whatever the search_path.
create function execops_limits_valid(limits jsonb) returns boolean language sql immutable as $$
    select coalesce(
        case when jsonb_typeof(limits) <> 'object' then false
             when limits - array['vertical', 'action', 'amount'] <> '{}' then false
             when exists (
                 select from jsonb_each(limits - 'amount') named (key, words)
                 where case when jsonb_typeof(words) <> 'array' then true
                            else exists (select from jsonb_array_elements(words) word
                                         where jsonb_typeof(word) <> 'string'
                                            or word #>> '{}' !~ '^[a-z][a-z0-9_]{0,62}$') end) then false
             when not limits ? 'amount' then true
             when jsonb_typeof(limits -> 'amount') <> 'object' then false
             else (limits -> 'amount') - array['minor', 'currency'] = '{}'
                  and jsonb_typeof(limits #> '{amount,minor}') = 'number'
                  and limits #>> '{amount,minor}' ~ '^[0-9]{1,18}$'
                  and jsonb_typeof(limits #> '{amount,currency}') = 'string'
                  and limits #>> '{amount,currency}' ~ '^[A-Z]{3}$' end,
        false)
$$;

-- Limits of another shape were never offered; who has some decides nothing until a founder adds them anew.
do $$
begin
    if exists (select from operators o where not execops_limits_valid(o.limits) or (o.role <> 'ops' and o.limits <> '{}')) then
        perform set_config('execops.actor_type', 'system', true), set_config('execops.actor_id', 'migrate', true);
        update operators set limits = case when role = 'ops' then '{"vertical": []}' else '{}' end::jsonb
        where not execops_limits_valid(limits) or (role <> 'ops' and limits <> '{}');
    end if;
end $$;
alter table operators add constraint operators_limits_shape check (execops_limits_valid(limits));
alter table operators add constraint operators_limits_role check (role = 'ops' or limits = '{}');

-- A token works until `expires_at`; without one it works until it is replaced or its operator is revoked.
alter table operators add column expires_at timestamptz;

-- An operator whose token expired decides nothing.
do $$
declare
    was text := pg_get_functiondef('execops_decides(jsonb, text)'::regprocedure);
    becomes text := replace(was, 'o.disabled_at is null',
                            'o.disabled_at is null and (o.expires_at is null or o.expires_at > now())');
begin
    if becomes = was then
        raise exception 'execops_decides is not as this migration expects it';
    end if;
    execute becomes;
end $$;

-- When each operator last used the token, to the minute. It is no record of a change, so the audit log knows nothing of it.
create table operator_uses (
    org_id      text not null default 'default',
    operator_id bigint not null references operators,
    used_at     timestamptz not null default now(),
    primary key (org_id, operator_id)
);
