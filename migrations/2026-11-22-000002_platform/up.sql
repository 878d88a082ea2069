-- Tenants, who may act for them, and the log.

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('travel', 'kitchen', 'construction')),
    timezone text NOT NULL,
    locale text NOT NULL,
    last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    epoch text NOT NULL,
    next_deadline_at timestamptz,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE tenants IS 'One row per organisation. Every commit updates it, so it has room for HOT updates and no index on what commits change.';
COMMENT ON COLUMN tenants.timezone IS 'IANA name; dates end at 24:00 in it.';
COMMENT ON COLUMN tenants.last_seq IS 'Head of the log: the number of the last event. Compared and set by the journal, and only there.';
COMMENT ON COLUMN tenants.epoch IS 'Names this continuation of the log; changes only when continuity is lost.';
COMMENT ON COLUMN tenants.next_deadline_at IS 'When the program must next do something by itself; null when nothing waits for time.';

CREATE TABLE users (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);
COMMENT ON COLUMN users.password_hash IS 'Argon2id, PHC string.';

CREATE TABLE roles (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
);
COMMENT ON COLUMN roles.key IS 'What tasks and stages name, such as visa-admin.';

CREATE TABLE user_roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX user_roles_role ON user_roles (tenant_id, role_id);

CREATE TABLE sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    csrf_token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    user_agent text,
    ip text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
CREATE INDEX sessions_expiry ON sessions (tenant_id, expires_at);
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the cookie. Unique over all tenants, because it is how a session is found.';

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL UNIQUE,
    secret_hash bytea NOT NULL,
    permissions text[],
    roles text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON COLUMN api_keys.prefix IS 'The public half, lajur_<prefix>_<secret>. Unique over all tenants, because it is how a key is found.';
COMMENT ON COLUMN api_keys.secret_hash IS 'SHA-256: the secret is random, so a slow hash would buy nothing.';
COMMENT ON COLUMN api_keys.permissions IS 'Null means all.';
COMMENT ON COLUMN api_keys.last_used_at IS 'Exact to the minute.';

-- No foreign key to tenants: an event is only ever written in the statement
-- that moves its tenant's head.
CREATE TABLE events (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    batch_id uuid NOT NULL,
    command_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    principal_type text NOT NULL CHECK (principal_type IN ('user', 'api_key', 'system')),
    principal_id uuid CHECK ((principal_id IS NULL) = (principal_type = 'system')),
    kind text NOT NULL,
    subject_type text NOT NULL,
    subject_id uuid NOT NULL,
    stage_id uuid,
    labels json NOT NULL,
    before json,
    after json NOT NULL,
    idempotency_key text,
    request_hash bigint CHECK ((request_hash IS NULL) = (idempotency_key IS NULL)),
    request_id text NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX events_subject ON events (tenant_id, subject_type, subject_id, seq);
CREATE UNIQUE INDEX events_idempotency_key ON events (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX events_keyed ON events (tenant_id, seq) INCLUDE (idempotency_key) WHERE idempotency_key IS NOT NULL;
COMMENT ON TABLE events IS 'The log. One event is one changed row; numbered per tenant without a gap; never changed.';
COMMENT ON COLUMN events.batch_id IS 'One write of the journal for one tenant: tells, after a lost answer to COMMIT, whose events these are.';
COMMENT ON COLUMN events.command_id IS 'The events of one command share it and are neighbours.';
COMMENT ON COLUMN events.labels IS 'Who may see it: role, jamaah, assignee.';
COMMENT ON COLUMN events.before IS 'Only what differed, with its old value; null for a new row. json, not jsonb: written once, read whole.';
COMMENT ON COLUMN events.after IS 'The whole row after the event.';
COMMENT ON COLUMN events.idempotency_key IS 'On one event of its command.';
COMMENT ON COLUMN events.request_hash IS 'Fingerprint of what was asked with the idempotency key.';

-- FORCE: the owner of the tables is held to the policies too.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'users', 'roles', 'user_roles', 'sessions', 'api_keys', 'events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I TO lajur_app USING (%I = current_setting(''lajur.tenant'')::uuid)',
                       name, CASE name WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END);
        EXECUTE format('CREATE POLICY journal ON %I TO lajur_journal USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO lajur_app, lajur_journal', name);
    END LOOP;
END
$$;

GRANT INSERT, UPDATE, DELETE ON users, roles, user_roles, sessions TO lajur_app;
GRANT INSERT ON api_keys TO lajur_app;
GRANT UPDATE (name, last_used_at, revoked_at) ON api_keys TO lajur_app;

GRANT INSERT, UPDATE ON tenants, users, roles, api_keys TO lajur_journal;
GRANT INSERT, UPDATE, DELETE ON user_roles, sessions TO lajur_journal;
GRANT INSERT ON events TO lajur_journal;
