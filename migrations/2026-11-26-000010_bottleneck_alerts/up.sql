-- Bottlenecks that were raised, as the log leads to them. Written by the
-- journal only.

CREATE TABLE bottleneck_alerts (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id uuid NOT NULL,
    stage_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('active_unack', 'active_ack', 'cleared_unack', 'cleared_ack')),
    severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 100),
    raised_at timestamptz NOT NULL,
    cleared_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by_type text CHECK (acknowledged_by_type IN ('user', 'api_key', 'system')),
    acknowledged_by uuid,
    last_reminded_at timestamptz,
    history jsonb NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, stage_id) REFERENCES pipeline_stages (tenant_id, id),
    CHECK ((cleared_at IS NOT NULL) = (state IN ('cleared_unack', 'cleared_ack'))),
    CHECK ((acknowledged_at IS NOT NULL) = (state IN ('active_ack', 'cleared_ack'))),
    CHECK ((acknowledged_by_type IS NOT NULL) = (acknowledged_at IS NOT NULL))
);
CREATE UNIQUE INDEX bottleneck_alerts_active ON bottleneck_alerts (tenant_id, stage_id) WHERE cleared_at IS NULL;
CREATE INDEX bottleneck_alerts_unacknowledged ON bottleneck_alerts (tenant_id) WHERE acknowledged_at IS NULL;
CREATE INDEX bottleneck_alerts_cleared ON bottleneck_alerts (tenant_id, cleared_at);
CREATE INDEX bottleneck_alerts_raised ON bottleneck_alerts (tenant_id, raised_at, id);
COMMENT ON TABLE bottleneck_alerts IS 'A bottleneck from when it was raised; a stage has at most one that is not cleared.';
COMMENT ON COLUMN bottleneck_alerts.severity IS 'Once cleared, the last one.';
COMMENT ON COLUMN bottleneck_alerts.score IS 'When it was raised, last changed its severity, or was cleared.';
COMMENT ON COLUMN bottleneck_alerts.acknowledged_by IS 'Null for the program itself.';
COMMENT ON COLUMN bottleneck_alerts.history IS 'Its last severities, each with severity and at, the oldest first.';

ALTER TABLE bottleneck_alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE bottleneck_alerts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bottleneck_alerts TO lajur_app USING (tenant_id = current_setting('lajur.tenant')::uuid);
CREATE POLICY journal ON bottleneck_alerts TO lajur_journal USING (true) WITH CHECK (true);
GRANT SELECT ON bottleneck_alerts TO lajur_app;
GRANT SELECT, INSERT, UPDATE ON bottleneck_alerts TO lajur_journal;
