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

-- What waits for the box is added and taken away, and never changed.
REVOKE UPDATE, TRUNCATE ON pending_ballot FROM evalsvc_app;

-- After closing, the box is written anew in the order of its keys, so that no file tells in which
-- order its ballots came. The service may call this, and through it can change nothing.
CREATE OR REPLACE FUNCTION evalsvc_mix_ballots() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE public.ballot IN ACCESS EXCLUSIVE MODE;
    CREATE TEMPORARY TABLE mixed ON COMMIT DROP AS SELECT * FROM public.ballot;
    TRUNCATE public.ballot;
    INSERT INTO public.ballot SELECT * FROM pg_temp.mixed ORDER BY credential, seq;
END $$;
REVOKE EXECUTE ON FUNCTION evalsvc_mix_ballots() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION evalsvc_mix_ballots() TO evalsvc_app;
