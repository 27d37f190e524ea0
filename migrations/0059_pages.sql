-- A page of a list costs the same however long the list is.
create index events_by_type on events (org_id, type, id);
create index events_ignored on events (org_id, id) where status = 'ignored';
create index action_proposals_by_end on action_proposals (org_id, status, (coalesce(decided_at, created_at)), id);
create index action_proposals_lapsing on action_proposals (org_id, expires_at) where status = 'pending';
