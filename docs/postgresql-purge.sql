-- What the owner of the tables needs so that destroyed keys leave the write-ahead log, too.
-- Run once as a superuser inside the service's database; `./run install` does it on its own server.
-- PostgreSQL 15 or newer: before, only a superuser may write a checkpoint.

GRANT pg_checkpoint TO evalsvc_owner;
GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_ls_waldir() TO evalsvc_owner;

-- Old pieces of the log are removed, not kept under the names of coming ones with all they hold.
ALTER SYSTEM SET wal_recycle = off;
SELECT pg_reload_conf();
