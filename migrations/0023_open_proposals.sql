-- For the re-assessment of what is open about an object: without it, every event would read every open proposal.
create index action_proposals_open_by_object on action_proposals (org_id, object_id)
    where status in ('pending', 'failed');
-- The same for the proposals that ended undecided, in whose place a play may draft again.
create index action_proposals_undecided_by_object on action_proposals (org_id, object_id)
    where status in ('expired', 'superseded');
