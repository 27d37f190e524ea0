-- Whose file an import is, and balances at past days.

-- The bytes of the file by their digest, its form, and the number of its account where the file tells it.
alter table imports add column digest text, add column shape text, add column account_number text;

drop trigger import_guard on imports;
create trigger import_guard before insert or update on imports
    for each row execute function setting_guard('id', 'org_id', 'account', 'file', 'created_by', 'created_at', 'digest',
                                                'shape', 'account_number');
alter table imports enable always trigger import_guard;
