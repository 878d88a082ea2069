-- Tokens for the socket, and where all logs of a node stand.

ALTER TABLE tenants ADD COLUMN realtime_key bytea NOT NULL
    DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
COMMENT ON COLUMN tenants.realtime_key IS 'Signs the tokens with which clients connect to the socket; 244 random bits. A new one makes all of them invalid.';

GRANT SELECT (last_seq) ON tenants TO lajur_door;

CREATE FUNCTION door_heads(wanted uuid[])
RETURNS TABLE (id uuid, last_seq bigint, epoch text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id, t.last_seq, t.epoch FROM tenants t WHERE t.id = ANY (wanted);
END;
COMMENT ON FUNCTION door_heads IS 'Where these tenants'' logs stand: a node asks for all that it holds in memory at once.';

REVOKE EXECUTE ON FUNCTION door_heads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_heads TO lajur_app;
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_heads OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;
