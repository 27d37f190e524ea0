-- Verdicts: the final decision about each proposal. Precision is counted from these. An approval that was undone, or
-- reopened to edit, leaves. A retry, and giving up a failed action, are about the execution and not about the draft. A
-- message that an operator asked for is no draft of a play.
create table verdicts (
    proposal_id bigint primary key references action_proposals,
    org_id      text not null default 'default',
    play        text not null,
    action_type text not null,
    approved    boolean not null,
    edited      boolean not null,
    decided_at  timestamptz not null default now()
);
create index verdicts_by_play on verdicts (org_id, play, decided_at desc, proposal_id desc);

-- Write the verdict with the decision, and delete it when the proposal is pending again.
create function proposal_verdict() returns trigger language plpgsql as $$
begin
    if new.status = 'pending' then
        delete from verdicts v where v.proposal_id = new.id;
    elsif new.status in ('approved', 'rejected') then
        insert into verdicts (proposal_id, org_id, play, action_type, approved, edited)
        values (new.id, new.org_id, new.play, new.action_type, new.status = 'approved', new.edited);
    end if;
    return null;
end $$;
create trigger proposal_verdict after update on action_proposals
    for each row when (old.status <> new.status and 'pending' in (old.status, new.status)
                       and new.vertical <> 'setup')
    execute function proposal_verdict();
alter table action_proposals enable always trigger proposal_verdict;
