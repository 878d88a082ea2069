// @generated automatically by Diesel CLI.

diesel::table! {
    api_keys (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        prefix -> Text,
        secret_hash -> Bytea,
        permissions -> Nullable<Array<Nullable<Text>>>,
        roles -> Array<Nullable<Text>>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_by_type -> Text,
        created_by -> Nullable<Uuid>,
        previous_prefix -> Nullable<Text>,
        previous_secret_hash -> Nullable<Bytea>,
        previous_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    bottleneck_alerts (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        stage_id -> Uuid,
        state -> Text,
        severity -> Text,
        score -> Float8,
        raised_at -> Timestamptz,
        cleared_at -> Nullable<Timestamptz>,
        acknowledged_at -> Nullable<Timestamptz>,
        acknowledged_by_type -> Nullable<Text>,
        acknowledged_by -> Nullable<Uuid>,
        last_reminded_at -> Nullable<Timestamptz>,
        history -> Jsonb,
        version -> Int4,
    }
}

diesel::table! {
    departures (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        code -> Text,
        departure_date -> Date,
        package -> Nullable<Text>,
        seats -> Nullable<Int4>,
        state -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    events (tenant_id, seq) {
        tenant_id -> Uuid,
        seq -> Int8,
        batch_id -> Uuid,
        command_id -> Uuid,
        occurred_at -> Timestamptz,
        principal_type -> Text,
        principal_id -> Nullable<Uuid>,
        kind -> Text,
        subject_type -> Text,
        subject_id -> Uuid,
        stage_id -> Nullable<Uuid>,
        labels -> Json,
        before -> Nullable<Json>,
        after -> Json,
        idempotency_key -> Nullable<Text>,
        request_hash -> Nullable<Int8>,
        request_id -> Text,
    }
}

diesel::table! {
    imports (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        file_name -> Text,
        sha256 -> Text,
        state -> Text,
        rows -> Int4,
        processed -> Int4,
        created -> Int4,
        updated -> Int4,
        unchanged -> Int4,
        rejected -> Int4,
        problems -> Jsonb,
        created_by_type -> Text,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    jamaah (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        passport_number -> Text,
        birth_date -> Date,
        sex -> Nullable<Text>,
        nationality -> Nullable<Text>,
        passport_expiry -> Nullable<Date>,
        package -> Nullable<Text>,
        departure_id -> Uuid,
        phone -> Nullable<Text>,
        agent -> Nullable<Text>,
        notes -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    jamaah_pipeline_status (tenant_id, jamaah_id) {
        tenant_id -> Uuid,
        jamaah_id -> Uuid,
        pipeline_version -> Int4,
        current_stage_id -> Nullable<Uuid>,
        status -> Text,
        blocked -> Bool,
        on_hold -> Bool,
        hold_reason -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        waiting -> Bool,
        progress_percent -> Int4,
        departure_id -> Uuid,
        departure_date -> Date,
        risk -> Text,
        readiness_probability -> Nullable<Float8>,
        reasons -> Jsonb,
        registered_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    pipeline_stages (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        code -> Text,
        name -> Text,
        name_en -> Text,
        category -> Text,
        position -> Int4,
        role -> Text,
        sla_days -> Int4,
        sla_calendar -> Text,
        not_before_days -> Nullable<Int4>,
        finish_by_days -> Nullable<Int4>,
        wip_limit -> Nullable<Int4>,
        wip_limit_kind -> Text,
        auto_advance -> Bool,
        mandatory -> Bool,
        pause_on_third_party -> Bool,
        active -> Bool,
        baseline -> Nullable<Jsonb>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    pipeline_tasks (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        jamaah_id -> Uuid,
        stage_id -> Uuid,
        instance_id -> Uuid,
        title -> Text,
        assigned_role -> Text,
        assignee -> Nullable<Uuid>,
        priority -> Text,
        status -> Text,
        required -> Bool,
        due_at -> Nullable<Timestamptz>,
        overdue -> Bool,
        blocked_reason -> Nullable<Text>,
        blocked_by_third_party -> Bool,
        blocked_at -> Nullable<Timestamptz>,
        notes -> Nullable<Text>,
        started_at -> Nullable<Timestamptz>,
        completed_at -> Nullable<Timestamptz>,
        completed_by_type -> Nullable<Text>,
        completed_by -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    pipeline_versions (tenant_id, version) {
        tenant_id -> Uuid,
        version -> Int4,
        stages -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    roles (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        key -> Text,
        name -> Text,
        permissions -> Array<Nullable<Text>>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
        limited_permissions -> Array<Nullable<Text>>,
        stages -> Nullable<Array<Nullable<Uuid>>>,
        own_jamaah -> Bool,
    }
}

diesel::table! {
    sessions (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        token_hash -> Bytea,
        csrf_token_hash -> Bytea,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        user_agent -> Nullable<Text>,
        ip -> Nullable<Text>,
    }
}

diesel::table! {
    stage_dependencies (tenant_id, stage_id, depends_on_id) {
        tenant_id -> Uuid,
        stage_id -> Uuid,
        depends_on_id -> Uuid,
        position -> Int4,
    }
}

diesel::table! {
    stage_instances (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        jamaah_id -> Uuid,
        stage_id -> Uuid,
        state -> Text,
        entered_at -> Timestamptz,
        opens_at -> Nullable<Timestamptz>,
        started_at -> Nullable<Timestamptz>,
        due_at -> Nullable<Timestamptz>,
        paused_since -> Nullable<Timestamptz>,
        paused_seconds -> Int8,
        completed_at -> Nullable<Timestamptz>,
        completed_by_type -> Nullable<Text>,
        completed_by -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        version -> Int4,
    }
}

diesel::table! {
    task_comments (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        task_id -> Uuid,
        author_type -> Text,
        author -> Nullable<Uuid>,
        author_name -> Text,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    task_templates (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        stage_id -> Uuid,
        position -> Int4,
        title -> Text,
        role -> Text,
        priority -> Text,
        required -> Bool,
        due_after_days -> Nullable<Int4>,
    }
}

diesel::table! {
    tenants (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        kind -> Text,
        timezone -> Text,
        locale -> Text,
        last_seq -> Int8,
        epoch -> Text,
        next_deadline_at -> Nullable<Timestamptz>,
        settings -> Jsonb,
        created_at -> Timestamptz,
        realtime_key -> Bytea,
    }
}

diesel::table! {
    user_roles (tenant_id, user_id, role_id) {
        tenant_id -> Uuid,
        user_id -> Uuid,
        role_id -> Uuid,
    }
}

diesel::table! {
    user_tokens (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        purpose -> Text,
        token_hash -> Bytea,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    users (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
        invited_until -> Nullable<Timestamptz>,
        agent -> Nullable<Text>,
    }
}

diesel::joinable!(api_keys -> tenants (tenant_id));
diesel::joinable!(bottleneck_alerts -> tenants (tenant_id));
diesel::joinable!(departures -> tenants (tenant_id));
diesel::joinable!(imports -> tenants (tenant_id));
diesel::joinable!(pipeline_stages -> tenants (tenant_id));
diesel::joinable!(pipeline_versions -> tenants (tenant_id));
diesel::joinable!(roles -> tenants (tenant_id));
diesel::joinable!(users -> tenants (tenant_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_keys,
    bottleneck_alerts,
    departures,
    events,
    imports,
    jamaah,
    jamaah_pipeline_status,
    pipeline_stages,
    pipeline_tasks,
    pipeline_versions,
    roles,
    sessions,
    stage_dependencies,
    stage_instances,
    task_comments,
    task_templates,
    tenants,
    user_roles,
    user_tokens,
    users,
);
