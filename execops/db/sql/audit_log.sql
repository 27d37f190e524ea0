-- name: of_proposal
-- Read the trail of one proposal, the oldest entry first, with the operators' names.
select a.*, audit_told(a.metadata_json, w.words) as metadata_json, o.name as actor_name
from audit_log a
left join audit_words w on w.org_id = a.org_id and w.seq = a.seq
left join operators o on a.actor_type = 'user' and o.id::text = a.actor_id
where a.org_id = %(org_id)s and a.proposal_id = %(proposal_id)s
order by a.seq

-- name: latest
-- Read a page of all entries, the newest first, with the operators' names.
select a.*, audit_told(a.metadata_json, w.words) as metadata_json, o.name as actor_name
from audit_log a
left join audit_words w on w.org_id = a.org_id and w.seq = a.seq
left join operators o on a.actor_type = 'user' and o.id::text = a.actor_id
where a.org_id = %(org_id)s and (%(before)s::bigint is null or a.seq < %(before)s)
order by a.seq desc
limit %(limit)s

-- name: head
-- Read the number and the hash of the last entry.
select seq, hash from audit_log where org_id = %(org_id)s order by seq desc limit 1

-- name: noted
-- Read one row of the chain, in the canonical form that its hash was made of.
select seq, prev_hash, hash,
       jsonb_build_array(
           org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status, version,
           payload_sha256, to_char(ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), metadata_json
       )::text as canonical
from audit_log where org_id = %(org_id)s and seq = %(seq)s

-- name: chain
-- Read the chain after a number in order, each row in the canonical form that its hash was made of.
select seq, prev_hash, hash,
       jsonb_build_array(
           org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status, version,
           payload_sha256, to_char(ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), metadata_json
       )::text as canonical
from audit_log where org_id = %(org_id)s and seq > %(after)s order by seq

-- name: since
-- Read the entries from a moment on, the oldest first, with the operators' names and what each proposal is about.
select a.*, audit_told(a.metadata_json, w.words) as metadata_json, o.name as actor_name, p.play, p.action_type, p.title, p.object_id, p.amount_minor, p.currency
from audit_log a
left join audit_words w on w.org_id = a.org_id and w.seq = a.seq
left join operators o on a.actor_type = 'user' and o.id::text = a.actor_id
left join action_proposals p on p.id = a.proposal_id
where a.org_id = %(org_id)s and a.ts >= %(since)s
order by a.seq

-- name: of_request
-- Find what a request of an operator did already, among the latest entries.
select a.action, a.proposal_id
from (
    select action, proposal_id, actor_type, actor_id, metadata_json
    from audit_log where org_id = %(org_id)s order by seq desc limit %(latest)s
) a
where a.actor_type = 'user' and a.actor_id = %(actor_id)s and a.metadata_json ->> 'request' = %(key)s
