-- The pipeline's rows, as the log leads to them. Written by the journal only.
--
-- The three hot tables (jamaah_pipeline_status, stage_instances,
-- pipeline_tasks) have no foreign keys: each is written together with its
-- event, from a state that holds what it refers to, and a check per row was
-- measured to double the cost of a new row, and to cost twenty times as much
-- while the tables are small and without statistics, where every index that
-- leads with tenant_id looks equally good to the check's cached plan.

CREATE TABLE pipeline_stages (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    category text NOT NULL CHECK (category IN ('document', 'government', 'travel', 'logistics', 'custom')),
    position integer NOT NULL,
    role text NOT NULL,
    sla_days integer NOT NULL,
    sla_calendar text NOT NULL CHECK (sla_calendar IN ('calendar', 'working', 'working_saudi')),
    not_before_days integer,
    finish_by_days integer,
    wip_limit integer,
    wip_limit_kind text NOT NULL CHECK (wip_limit_kind IN ('soft', 'hard')),
    auto_advance boolean NOT NULL,
    mandatory boolean NOT NULL,
    pause_on_third_party boolean NOT NULL,
    active boolean NOT NULL,
    baseline jsonb,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code)
);
COMMENT ON COLUMN pipeline_stages.position IS 'Place in the pipeline, from 1. Retired stages keep theirs, so it is not unique.';
COMMENT ON COLUMN pipeline_stages.sla_days IS 'From when the stage can start until it is late.';
COMMENT ON COLUMN pipeline_stages.not_before_days IS 'Does not open before this many days before departure.';
COMMENT ON COLUMN pipeline_stages.finish_by_days IS 'Must be finished this many days before departure.';
COMMENT ON COLUMN pipeline_stages.baseline IS 'date, completions, p50_seconds, p85_seconds of what was completed.';

CREATE TABLE stage_dependencies (
    tenant_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    depends_on_id uuid NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (tenant_id, stage_id, depends_on_id),
    FOREIGN KEY (tenant_id, stage_id) REFERENCES pipeline_stages (tenant_id, id),
    FOREIGN KEY (tenant_id, depends_on_id) REFERENCES pipeline_stages (tenant_id, id),
    CHECK (stage_id <> depends_on_id)
);
COMMENT ON COLUMN stage_dependencies.position IS 'Place in the list as it was given.';

CREATE TABLE task_templates (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    stage_id uuid NOT NULL,
    position integer NOT NULL,
    title text NOT NULL,
    role text NOT NULL,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    required boolean NOT NULL,
    due_after_days integer,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, stage_id) REFERENCES pipeline_stages (tenant_id, id)
);
CREATE INDEX task_templates_stage ON task_templates (tenant_id, stage_id, position);

CREATE TABLE pipeline_versions (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    version integer NOT NULL,
    stages jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
COMMENT ON COLUMN pipeline_versions.stages IS 'The active stages in order, whole, as they were: jamaah stay on the version they were registered on.';

CREATE TABLE departures (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    code text NOT NULL,
    departure_date date NOT NULL,
    package text,
    seats integer,
    state text NOT NULL CHECK (state IN ('scheduled', 'departed', 'cancelled')),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code, departure_date)
);
CREATE INDEX departures_date ON departures (tenant_id, departure_date);

CREATE TABLE jamaah (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    passport_number text NOT NULL,
    birth_date date NOT NULL,
    sex text CHECK (sex IN ('male', 'female')),
    nationality text,
    passport_expiry date,
    package text,
    departure_id uuid NOT NULL,
    phone text,
    agent text,
    notes text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, departure_id) REFERENCES departures (tenant_id, id)
);
CREATE INDEX jamaah_passport ON jamaah (tenant_id, passport_number);
CREATE INDEX jamaah_departure ON jamaah (tenant_id, departure_id);
COMMENT ON TABLE jamaah IS 'One pilgrim on one departure: who travels twice has two rows.';

CREATE TABLE jamaah_pipeline_status (
    tenant_id uuid NOT NULL,
    jamaah_id uuid NOT NULL,
    pipeline_version integer NOT NULL,
    current_stage_id uuid,
    status text NOT NULL CHECK (status IN ('on_track', 'at_risk', 'overdue', 'completed', 'cancelled')),
    blocked boolean NOT NULL,
    on_hold boolean NOT NULL,
    hold_reason text,
    cancel_reason text,
    waiting boolean NOT NULL,
    progress_percent integer NOT NULL CHECK (progress_percent BETWEEN 0 AND 100),
    departure_id uuid NOT NULL,
    departure_date date NOT NULL,
    risk text NOT NULL CHECK (risk IN ('unknown', 'low', 'medium', 'high')),
    readiness_probability double precision,
    reasons jsonb NOT NULL,
    registered_at timestamptz NOT NULL,
    closed_at timestamptz,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, jamaah_id)
) WITH (fillfactor = 80);
CREATE INDEX jamaah_pipeline_status_status ON jamaah_pipeline_status (tenant_id, status);
CREATE INDEX jamaah_pipeline_status_stage ON jamaah_pipeline_status (tenant_id, current_stage_id);
CREATE INDEX jamaah_pipeline_status_departure ON jamaah_pipeline_status (tenant_id, departure_date);
COMMENT ON TABLE jamaah_pipeline_status IS 'Where each jamaah stands: derived from path, tasks and time, stored because others filter by it.';
COMMENT ON COLUMN jamaah_pipeline_status.current_stage_id IS 'The first stage in order that is not done; null when all are.';
COMMENT ON COLUMN jamaah_pipeline_status.waiting IS 'Nothing is active, and something waits only for its window.';
COMMENT ON COLUMN jamaah_pipeline_status.departure_date IS 'Copied from the departure.';
COMMENT ON COLUMN jamaah_pipeline_status.closed_at IS 'When they became completed or cancelled; long after it they are no longer kept in memory.';

CREATE TABLE stage_instances (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    jamaah_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'active', 'completed', 'skipped')),
    entered_at timestamptz NOT NULL,
    opens_at timestamptz,
    started_at timestamptz,
    due_at timestamptz,
    paused_since timestamptz,
    paused_seconds bigint NOT NULL,
    completed_at timestamptz,
    completed_by_type text CHECK (completed_by_type IN ('user', 'api_key', 'system')),
    completed_by uuid,
    reason text,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX stage_instances_jamaah ON stage_instances (tenant_id, jamaah_id, entered_at);
COMMENT ON TABLE stage_instances IS 'One jamaah''s passage through one stage.';
COMMENT ON COLUMN stage_instances.entered_at IS 'When the jamaah was registered for this stage.';
COMMENT ON COLUMN stage_instances.paused_since IS 'Since when its SLA clock stands still because of a third party.';
COMMENT ON COLUMN stage_instances.completed_by IS 'Null for the program itself.';
COMMENT ON COLUMN stage_instances.reason IS 'Why a manager completed, skipped or restarted it.';

CREATE TABLE pipeline_tasks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    jamaah_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    instance_id uuid NOT NULL,
    title text NOT NULL,
    assigned_role text NOT NULL,
    assignee uuid,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    status text NOT NULL CHECK (status IN ('pending', 'in_progress', 'blocked', 'completed', 'cancelled')),
    required boolean NOT NULL,
    due_at timestamptz,
    overdue boolean NOT NULL,
    blocked_reason text,
    blocked_by_third_party boolean NOT NULL,
    blocked_at timestamptz,
    notes text,
    started_at timestamptz,
    completed_at timestamptz,
    completed_by_type text CHECK (completed_by_type IN ('user', 'api_key', 'system')),
    completed_by uuid,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX pipeline_tasks_jamaah ON pipeline_tasks (tenant_id, jamaah_id);
CREATE INDEX pipeline_tasks_priority ON pipeline_tasks (tenant_id, priority, status);
CREATE INDEX pipeline_tasks_due ON pipeline_tasks (tenant_id, due_at);
CREATE INDEX pipeline_tasks_role ON pipeline_tasks (tenant_id, assigned_role);
CREATE INDEX pipeline_tasks_assignee ON pipeline_tasks (tenant_id, assignee) WHERE assignee IS NOT NULL;
COMMENT ON TABLE pipeline_tasks IS 'A piece of work for one jamaah in one stage, for one role.';
COMMENT ON COLUMN pipeline_tasks.required IS 'Its stage does not complete by itself while this is open.';
COMMENT ON COLUMN pipeline_tasks.overdue IS 'Set at the second it becomes late, by the program itself.';
COMMENT ON COLUMN pipeline_tasks.completed_by IS 'Null for the program itself.';

CREATE TABLE task_comments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    author_type text NOT NULL CHECK (author_type IN ('user', 'api_key', 'system')),
    author uuid,
    author_name text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES pipeline_tasks (tenant_id, id)
);
CREATE INDEX task_comments_task ON task_comments (tenant_id, task_id, id);
COMMENT ON COLUMN task_comments.author_name IS 'As it was when the comment was made.';

CREATE TABLE imports (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    file_name text NOT NULL,
    sha256 text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'completed', 'interrupted')),
    rows integer NOT NULL,
    processed integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    rejected integer NOT NULL,
    problems jsonb NOT NULL,
    created_by_type text NOT NULL CHECK (created_by_type IN ('user', 'api_key', 'system')),
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_created ON imports (tenant_id, created_at);
COMMENT ON COLUMN imports.sha256 IS 'Of the file, hexadecimal.';
COMMENT ON COLUMN imports.rows IS 'Rows of people in the file.';
COMMENT ON COLUMN imports.problems IS 'errors and warnings, each with row, column, code, message and value.';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'pipeline_stages', 'stage_dependencies', 'task_templates', 'pipeline_versions', 'departures', 'jamaah',
        'jamaah_pipeline_status', 'stage_instances', 'pipeline_tasks', 'task_comments', 'imports'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I TO lajur_app USING (tenant_id = current_setting(''lajur.tenant'')::uuid)', name);
        EXECUTE format('CREATE POLICY journal ON %I TO lajur_journal USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO lajur_app', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO lajur_journal', name);
    END LOOP;
END
$$;

-- a stage's dependencies and templates are lists that shrink
GRANT DELETE ON stage_dependencies, task_templates TO lajur_journal;
