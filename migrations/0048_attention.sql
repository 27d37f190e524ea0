-- Attention: for how long an operator had a version in view before they decided, in milliseconds.
alter table openings add column dwell_ms bigint not null default 0 check (dwell_ms >= 0);
