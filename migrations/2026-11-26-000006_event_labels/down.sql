COMMENT ON TABLE events IS 'The log. One event is one changed row; numbered per tenant without a gap; never changed.';
COMMENT ON COLUMN events.labels IS 'Who may see it: role, jamaah, assignee.';
