-- Narrow doors: what must be found before the tenant is known. Each function
-- takes one unguessable or public key and answers one question. They run as
-- lajur_door, which can read a few tables of all tenants (FORCE holds the
-- tables' owner to the policies, so the owner could not) and can do nothing
-- else; nobody can log in as it.

GRANT SELECT (id, slug, name, kind, timezone, locale, epoch, next_deadline_at) ON tenants TO lajur_door;
GRANT SELECT (tenant_id, id, email, name, active) ON users TO lajur_door;
GRANT SELECT ON roles, user_roles, sessions, api_keys TO lajur_door;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'users', 'roles', 'user_roles', 'sessions', 'api_keys'] LOOP
        EXECUTE format('CREATE POLICY door ON %I FOR SELECT TO lajur_door USING (true)', name);
    END LOOP;
END
$$;

CREATE FUNCTION door_tenant(wanted_slug text)
RETURNS TABLE (id uuid, slug text, name text, kind text, timezone text, locale text, epoch text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id, t.slug, t.name, t.kind, t.timezone, t.locale, t.epoch
    FROM tenants t WHERE t.slug = wanted_slug;
END;
COMMENT ON FUNCTION door_tenant IS 'The tenant of a slug, for login.';

CREATE FUNCTION door_session(wanted_token_hash bytea, at timestamptz)
RETURNS TABLE (
    tenant_id uuid, tenant_slug text, id uuid, user_id uuid, email text, name text, csrf_token_hash bytea,
    last_seen_at timestamptz, expires_at timestamptz, roles text[], permissions text[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT s.tenant_id, t.slug, s.id, u.id, u.email, u.name, s.csrf_token_hash, s.last_seen_at, s.expires_at,
           ARRAY(SELECT r.key FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
                 WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id ORDER BY r.key),
           ARRAY(SELECT DISTINCT p FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id,
                 LATERAL unnest(r.permissions) p
                 WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id ORDER BY p)
    FROM sessions s
    JOIN tenants t ON t.id = s.tenant_id
    JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
    WHERE s.token_hash = wanted_token_hash AND s.expires_at > at AND u.active;
END;
COMMENT ON FUNCTION door_session IS 'A session that is valid at an instant, with its user, roles and permissions.';

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

CREATE FUNCTION door_due_tenants(at timestamptz, at_most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id FROM tenants t WHERE t.next_deadline_at <= at ORDER BY t.next_deadline_at LIMIT at_most;
END;
COMMENT ON FUNCTION door_due_tenants IS 'Tenants with work whose time has come, the longest waiting first. Ids only.';

REVOKE EXECUTE ON FUNCTION door_tenant, door_session, door_api_key, door_due_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_tenant, door_session, door_api_key, door_due_tenants TO lajur_app;

-- to be given a function, its new owner must be allowed to make one for a moment
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_tenant OWNER TO lajur_door;
ALTER FUNCTION door_session OWNER TO lajur_door;
ALTER FUNCTION door_api_key OWNER TO lajur_door;
ALTER FUNCTION door_due_tenants OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;
