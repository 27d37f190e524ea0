-- The events that a play declined by its rules, by subject and type, so that a later event finds the newest of them at once.
create index events_declined on events (org_id, subject_key, type, occurred_at, id)
    where subject_key is not null and outcome @> '[{"result": "no proposal", "by": "rules"}]';
