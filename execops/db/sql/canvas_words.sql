-- name: keep
-- Keep a question that was refused; asked again, it is counted.
insert into canvas_refusals as r (org_id, question, why) values (%(org_id)s, %(question)s, %(why)s)
on conflict (org_id, question) do update set asked = r.asked + 1, last_at = now(), why = excluded.why

-- name: forget_oldest
-- Forget the questions that were not asked for the longest time, but for so many.
delete from canvas_refusals where org_id = %(org_id)s and question in (
    select question from canvas_refusals where org_id = %(org_id)s order by last_at desc, question offset %(most)s)

-- name: refused
-- List the questions that were refused, the latest first.
select question, why, asked, first_at, last_at from canvas_refusals
where org_id = %(org_id)s order by last_at desc, question

-- name: erase
-- Erase the questions that were refused.
delete from canvas_refusals where org_id = %(org_id)s

-- name: synonyms
-- List the synonyms that hold.
select phrase, means, reviewed_by, since, why from canvas_synonyms
where org_id = %(org_id)s and means is not null order by phrase

-- name: set
-- Say which words a phrase means; null removes the synonym. The same answer again changes nothing.
insert into canvas_synonyms as s (org_id, phrase, means, reviewed_by, why, last_actor)
values (%(org_id)s, %(phrase)s, %(means)s, %(by)s, %(why)s, '{}')
on conflict (org_id, phrase) do update
set means = excluded.means, reviewed_by = excluded.reviewed_by, why = excluded.why, since = now()
where s.means is distinct from excluded.means
