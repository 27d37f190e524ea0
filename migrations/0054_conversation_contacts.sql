-- Find the conversations of a customer who becomes known later: by the contact's mail address without its plus tag, or by the id.
create index snapshots_contact_mails on snapshots
    (org_id, regexp_replace(lower(state ->> 'email'), '\+[^@]*@', '@')) where object_type = 'message';
create index snapshots_contact_ids on snapshots using gin ((state -> 'external_ids')) where object_type = 'conversation';
