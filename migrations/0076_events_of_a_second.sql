-- Events about one object in one second are put into their order: see `execops.books.same_second`.
drop index events_by_object;
create index events_by_object on events (org_id, object_id, occurred_at) where object_id is not null;
