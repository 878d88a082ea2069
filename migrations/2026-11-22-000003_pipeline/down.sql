DROP TABLE imports, task_comments, pipeline_tasks, stage_instances, jamaah_pipeline_status, jamaah, departures,
    pipeline_versions, task_templates, stage_dependencies, pipeline_stages;
