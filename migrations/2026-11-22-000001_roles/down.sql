-- The roles themselves stay: other databases of the cluster may use them, and
-- one of them may just be counting on finding them. Once no database does:
-- DROP ROLE lajur_app, lajur_journal, lajur_door.
REVOKE USAGE ON SCHEMA public FROM lajur_app, lajur_journal, lajur_door;
