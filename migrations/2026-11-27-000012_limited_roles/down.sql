COMMENT ON COLUMN events.labels IS 'Who may see it: role, jamaah, assignee, those a task had until then (from_role, from_assignee), and whose rights changed: user, api_key.';
DROP FUNCTION door_session;
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
REVOKE EXECUTE ON FUNCTION door_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_session TO lajur_app;
GRANT CREATE ON SCHEMA public TO lajur_door;
ALTER FUNCTION door_session OWNER TO lajur_door;
REVOKE CREATE ON SCHEMA public FROM lajur_door;
REVOKE SELECT (agent) ON users FROM lajur_door;
ALTER TABLE users DROP COLUMN agent;
ALTER TABLE roles DROP CONSTRAINT roles_limits, DROP COLUMN own_jamaah, DROP COLUMN stages, DROP COLUMN limited_permissions;
