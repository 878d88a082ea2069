-- Quotas of a tenant's own, and a log that stays as it was written.

COMMENT ON COLUMN tenants.settings IS 'rate_limits: by class what the tenant has instead of the configured quota, such as {"reads": "500/60"}.';

GRANT SELECT (settings) ON tenants TO lajur_door;

CREATE FUNCTION door_rate_limits(wanted uuid)
RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.settings -> 'rate_limits' FROM tenants t WHERE t.id = wanted;
END;
COMMENT ON FUNCTION door_rate_limits IS 'The quotas of a tenant''s own, for whoever has just been found by a key or a session.';

REVOKE EXECUTE ON FUNCTION door_rate_limits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_rate_limits TO lajur_app;
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_rate_limits OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;

-- None of the program's roles has ever been given these; now nobody's mistake
-- gives them unnoticed, because a grant to PUBLIC would not be enough.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON events FROM PUBLIC, lajur_app, lajur_journal, lajur_door;
COMMENT ON TABLE events IS 'The log. One event is one changed row, of the pipeline or of the accounts, or something that was done; numbered per tenant without a gap; never changed: the program''s roles may add and read.';
