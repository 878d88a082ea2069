-- Three roles, none of which can log in, owns a table or gets around a policy:
--   lajur_app      answers requests: sees the one tenant named by lajur.tenant
--   lajur_journal  writes the log and its rows, for many tenants in one statement
--   lajur_door     owns the few functions that look somebody up before the
--                  tenant is known (2026-11-22-000004_doors)
-- Roles belong to the cluster, not to this database, so another database may
-- be making the same ones at this very moment: whoever comes second looks again.
DO $$
DECLARE
    wanted text;
    existing pg_roles%ROWTYPE;
    attempt int;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['lajur_app', 'lajur_journal', 'lajur_door'] LOOP
        attempt := 0;
        LOOP
            attempt := attempt + 1;
            BEGIN
                SELECT * INTO existing FROM pg_roles WHERE rolname = wanted;
                IF NOT FOUND THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT', wanted);
                ELSIF existing.rolsuper OR existing.rolbypassrls THEN
                    RAISE EXCEPTION 'the role % exists and may bypass row-level security', wanted
                        USING ERRCODE = 'insufficient_privilege';
                END IF;
                IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
                    EXECUTE format('GRANT %I TO %I', wanted, current_user);
                END IF;
                EXIT;
            EXCEPTION
                -- internal_error is "tuple concurrently updated"
                WHEN unique_violation OR duplicate_object OR internal_error THEN
                    IF attempt >= 50 THEN
                        RAISE;
                    END IF;
                    PERFORM pg_sleep(0.02);
            END;
        END LOOP;
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO lajur_app, lajur_journal, lajur_door;
