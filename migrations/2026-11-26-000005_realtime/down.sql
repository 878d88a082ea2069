DROP FUNCTION door_heads;
REVOKE SELECT (last_seq) ON tenants FROM lajur_door;
ALTER TABLE tenants DROP COLUMN realtime_key;
