-- Roles that permit within limits: in some stages, or for an agent's own jamaah.
--
-- What such a role permits stands in a column of its own: the program of
-- before knows no limits, reads `permissions` alone, and grants nothing.

ALTER TABLE roles
    ADD COLUMN limited_permissions text[] NOT NULL DEFAULT '{}',
    ADD COLUMN stages uuid[],
    ADD COLUMN own_jamaah boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT roles_limits CHECK (
        CASE WHEN own_jamaah OR stages IS NOT NULL THEN permissions = '{}' ELSE limited_permissions = '{}' END
    );
COMMENT ON COLUMN roles.limited_permissions IS 'What a role with limits permits, within them; permissions is empty then.';
COMMENT ON COLUMN roles.stages IS 'The limit to tasks of these stages; null is all.';
COMMENT ON COLUMN roles.own_jamaah IS 'The limit to jamaah whose agent the holder is (users.agent).';

ALTER TABLE users ADD COLUMN agent text;
COMMENT ON COLUMN users.agent IS 'As jamaah.agent names them; compared regardless of case and spaces. Null is no agent.';
GRANT SELECT (agent) ON users TO lajur_door;

DROP FUNCTION door_session;
CREATE FUNCTION door_session(wanted_token_hash bytea, at timestamptz)
RETURNS TABLE (
    tenant_id uuid, tenant_slug text, id uuid, user_id uuid, email text, name text, csrf_token_hash bytea,
    last_seen_at timestamptz, expires_at timestamptz, roles text[], permissions text[], agent text, limited jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT s.tenant_id, t.slug, s.id, u.id, u.email, u.name, s.csrf_token_hash, s.last_seen_at, s.expires_at,
           ARRAY(SELECT r.key FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
                 WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id ORDER BY r.key),
           ARRAY(SELECT DISTINCT p FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id,
                 LATERAL unnest(r.permissions) p
                 WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id ORDER BY p),
           u.agent,
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'permissions', r.limited_permissions, 'stages', r.stages, 'own_jamaah', r.own_jamaah) ORDER BY r.key), '[]')
            FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
            WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id AND (r.own_jamaah OR r.stages IS NOT NULL))
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

COMMENT ON COLUMN events.labels IS 'Who may see it: role, jamaah, assignee, the jamaah''s agent, the stage of a comment''s task, those a row had until then (from_role, from_assignee, from_agent), and whose rights changed: user, api_key.';
