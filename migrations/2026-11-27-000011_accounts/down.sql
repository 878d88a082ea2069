DROP FUNCTION door_api_key;
CREATE FUNCTION door_api_key(wanted_prefix text, at timestamptz)
RETURNS TABLE (
    tenant_id uuid, tenant_slug text, id uuid, name text, secret_hash bytea, permissions text[], roles text[],
    expires_at timestamptz, last_used_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT k.tenant_id, t.slug, k.id, k.name, k.secret_hash, k.permissions, k.roles, k.expires_at, k.last_used_at
    FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
    WHERE k.prefix = wanted_prefix AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
END;
COMMENT ON FUNCTION door_api_key IS 'A key that is valid at an instant. The caller compares the secret.';
REVOKE EXECUTE ON FUNCTION door_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_api_key TO lajur_app;
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_api_key OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;
REVOKE DELETE ON roles FROM lajur_journal;
DROP FUNCTION door_user_token;
DROP TABLE user_tokens;
ALTER TABLE api_keys
    DROP CONSTRAINT api_keys_previous,
    DROP COLUMN previous_until,
    DROP COLUMN previous_secret_hash,
    DROP COLUMN previous_prefix,
    DROP COLUMN created_by,
    DROP COLUMN created_by_type,
    DROP COLUMN version;
ALTER TABLE roles DROP COLUMN version;
ALTER TABLE users DROP COLUMN invited_until, DROP COLUMN version;
