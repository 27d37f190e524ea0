-- Contacts: the messages that the customer of a proposal got, may have got, or is about to get.

-- Two messages concern one customer where they share the subject or the recipient; a message to an address of `team`, in
-- small letters, concerns none, and neither does an action without a recipient, such as a notice. A message that waits to
-- be sent counts always, any other one since a moment; without a moment none does. A message that a person gave up may
-- have gone out. `at` is the end of the attempt, else the decision. `agreed` says that a person approved the later one of the two knowing of the other.
create function execops_contacts(proposal bigint, team text[], since timestamptz)
returns table (id bigint, title text, status text, at timestamptz, agreed boolean) language sql stable as $$
    select other.id, other.title, other.status, sent.at,
           coalesce(own.id = any (other.again_after), false) or coalesce(other.id = any (own.again_after), false)
    from action_proposals own
    cross join lateral (
        select s.id from action_proposals s where s.org_id = own.org_id and s.subject_key = own.subject_key
        union
        select r.id from action_proposals r
        where r.org_id = own.org_id and execops_recipient(r.payload) = execops_recipient(own.payload)
    ) same
    join action_proposals other on other.id = same.id
    cross join lateral (
        select coalesce((select max(e.finished_at) from executions e
                         where e.proposal_id = other.id and e.status in ('succeeded', 'unknown')),
                        other.decided_at) as at
    ) sent
    where own.id = proposal and other.id <> own.id
      and execops_recipient(own.payload) is not null and execops_recipient(other.payload) is not null
      and execops_recipient(own.payload) <> all (team) and execops_recipient(other.payload) <> all (team)
      and (other.status in ('approved', 'executing') and since is not null
           or other.status in ('executed', 'unknown') and sent.at > since
           or other.status = 'rejected' and sent.at > since and execops_may_be_out(other.id))
$$;
