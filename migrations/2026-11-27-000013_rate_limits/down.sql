DROP FUNCTION door_rate_limits;
REVOKE SELECT (settings) ON tenants FROM lajur_door;
COMMENT ON COLUMN tenants.settings IS NULL;
COMMENT ON TABLE events IS 'The log. One event is one changed row, of the pipeline or of the accounts; numbered per tenant without a gap; never changed.';
