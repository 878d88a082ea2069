-- People who are invited and forget their passwords, rows that two
-- administrators may change at once, and keys that are replaced.

ALTER TABLE users
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN invited_until timestamptz;
COMMENT ON COLUMN users.invited_until IS 'Of somebody who has not accepted yet and so is not active: how long the last invitation is good. Null for everybody else.';

ALTER TABLE roles ADD COLUMN version integer NOT NULL DEFAULT 1;

ALTER TABLE api_keys
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN created_by_type text NOT NULL DEFAULT 'system' CHECK (created_by_type IN ('user', 'api_key', 'system')),
    ADD COLUMN created_by uuid,
    ADD COLUMN previous_prefix text UNIQUE,
    ADD COLUMN previous_secret_hash bytea,
    ADD COLUMN previous_until timestamptz,
    ADD CONSTRAINT api_keys_previous CHECK (
        (previous_prefix IS NULL) = (previous_secret_hash IS NULL) AND (previous_prefix IS NULL) = (previous_until IS NULL)
    );
COMMENT ON COLUMN api_keys.created_by IS 'Null for the program itself.';
COMMENT ON COLUMN api_keys.previous_prefix IS 'The public half before the key was replaced; good until previous_until, so that whoever uses it can change over.';

CREATE TABLE user_tokens (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX user_tokens_user ON user_tokens (tenant_id, user_id);
COMMENT ON TABLE user_tokens IS 'What was mailed to people so that they can set a password: good once, and deleted when used.';
COMMENT ON COLUMN user_tokens.token_hash IS 'SHA-256 of the token in the link. Unique over all tenants, because it is how a token is found.';

ALTER TABLE user_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_tokens TO lajur_app USING (tenant_id = current_setting('lajur.tenant')::uuid);
CREATE POLICY journal ON user_tokens TO lajur_journal USING (true) WITH CHECK (true);
CREATE POLICY door ON user_tokens FOR SELECT TO lajur_door USING (true);
GRANT SELECT ON user_tokens TO lajur_app, lajur_door;
GRANT SELECT, INSERT, DELETE ON user_tokens TO lajur_journal;
-- roles are deleted now, when nothing names them
GRANT DELETE ON roles TO lajur_journal;

CREATE FUNCTION door_user_token(wanted_token_hash bytea, at timestamptz)
RETURNS TABLE (tenant_slug text, user_id uuid, email text, name text, purpose text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.slug, u.id, u.email, u.name, k.purpose, k.expires_at
    FROM user_tokens k
    JOIN tenants t ON t.id = k.tenant_id
    JOIN users u ON u.tenant_id = k.tenant_id AND u.id = k.user_id
    WHERE k.token_hash = wanted_token_hash AND k.expires_at > at;
END;
COMMENT ON FUNCTION door_user_token IS 'What was mailed to somebody, while it is good, with whose it is.';

REVOKE EXECUTE ON FUNCTION door_user_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_user_token TO lajur_app;
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_user_token OWNER TO lajur_door;

-- a key that was replaced is found by its public half of before, too
DROP FUNCTION door_api_key;
CREATE FUNCTION door_api_key(wanted_prefix text, at timestamptz)
RETURNS TABLE (
    tenant_id uuid, tenant_slug text, id uuid, name text, secret_hash bytea, permissions text[], roles text[],
    expires_at timestamptz, last_used_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT k.tenant_id, t.slug, k.id, k.name,
           CASE WHEN k.prefix = wanted_prefix THEN k.secret_hash ELSE k.previous_secret_hash END,
           k.permissions, k.roles,
           CASE WHEN k.prefix = wanted_prefix THEN k.expires_at ELSE least(k.expires_at, k.previous_until) END,
           k.last_used_at
    FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
    WHERE (k.prefix = wanted_prefix OR (k.previous_prefix = wanted_prefix AND k.previous_until > at))
      AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at);
END;
COMMENT ON FUNCTION door_api_key IS 'A key that is valid at an instant. The caller compares the secret.';
REVOKE EXECUTE ON FUNCTION door_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_api_key TO lajur_app;
ALTER FUNCTION door_api_key OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;
