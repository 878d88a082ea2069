-- Events about rights, and more labels: only the words about them change.
COMMENT ON TABLE events IS 'The log. One event is one changed row, of the pipeline or of the accounts; numbered per tenant without a gap; never changed.';
COMMENT ON COLUMN events.labels IS 'Who may see it: role, jamaah, assignee, those a task had until then (from_role, from_assignee), and whose rights changed: user, api_key.';
