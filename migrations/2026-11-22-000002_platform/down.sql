DROP TABLE events, api_keys, sessions, user_roles, roles, users, tenants;
