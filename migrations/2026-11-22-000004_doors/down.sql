DROP FUNCTION door_tenant, door_session, door_api_key, door_due_tenants;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'users', 'roles', 'user_roles', 'sessions', 'api_keys'] LOOP
        EXECUTE format('DROP POLICY door ON %I', name);
    END LOOP;
END
$$;
REVOKE SELECT (id, slug, name, kind, timezone, locale, epoch, next_deadline_at) ON tenants FROM lajur_door;
REVOKE SELECT (tenant_id, id, email, name, active) ON users FROM lajur_door;
REVOKE SELECT ON roles, user_roles, sessions, api_keys FROM lajur_door;
