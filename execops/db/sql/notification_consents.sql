-- name: of_operator
-- Read the answer of an operator.
select operator_id, allowed, member, since from notification_consents
where org_id = %(org_id)s and operator_id = %(operator_id)s

-- name: answer
-- Record the answer of an operator about notifications; the same answer again changes nothing.
insert into notification_consents as c (org_id, operator_id, allowed, member, last_actor)
values (%(org_id)s, %(operator_id)s, %(allowed)s, %(member)s, '{}')
on conflict (org_id, operator_id) do update set allowed = excluded.allowed, member = excluded.member
where (c.allowed, c.member) is distinct from (excluded.allowed, excluded.member)

-- name: consenting
-- List the enabled operators who decide and want to be told, with their Slack members, in the order of their ids.
select o.id, o.name, o.role, o.limits, o.created_at, o.disabled_at, o.expires_at, c.member from notification_consents c
join operators o on o.org_id = c.org_id and o.id = c.operator_id
where c.org_id = %(org_id)s and c.allowed and o.disabled_at is null and o.role in ('founder', 'ops')
order by o.id
