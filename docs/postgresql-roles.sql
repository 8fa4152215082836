-- The service's own account in PostgreSQL: it can cast ballots and can neither change nor delete one.
-- Run once as the owner of the tables, after `./run migrate`, and again after every update.
-- `migrate` keeps running as the owner; EVALSVC_DATABASE_URL of the service names evalsvc_app.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'evalsvc_app') THEN
        CREATE ROLE evalsvc_app LOGIN;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO evalsvc_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO evalsvc_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO evalsvc_app;

-- What is only ever added to: sealed ballots, the event log, seals and anchors.
REVOKE UPDATE, DELETE, TRUNCATE ON ballot, event, sealed_round, published_anchor FROM evalsvc_app;
