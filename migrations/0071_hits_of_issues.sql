-- The hits of an issue by their time: each error reads those of the last day, however many came before.
create index snapshots_hits on snapshots (org_id, subject_key, as_of) where object_type = 'sentry_hit';
