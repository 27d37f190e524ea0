-- A customer is found by mail address: the users whom an error hit are known by theirs.
create index snapshots_customer_mails on snapshots (org_id, lower(state ->> 'email')) where object_type = 'customer';
