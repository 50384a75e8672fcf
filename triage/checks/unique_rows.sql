-- One row each: every key that must be unique and is not (DuckLake knows no keys, so this watches).
SELECT 'mentions' AS table_name, mention_id AS key, count(*) AS times FROM mentions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'payloads', payload_id, count(*) FROM payloads GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'mention_versions', mention_id || '/' || version, count(*) FROM mention_versions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'cursors', source || '/' || target, count(*) FROM cursors GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'collection_runs', run_id, count(*) FROM collection_runs GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'spend', spend_id, count(*) FROM spend GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'billed', day || '/' || kind || '/' || resource_id, count(*) FROM billed GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'platform_usage', source, count(*) FROM platform_usage GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'platform_usage_days', source || '/' || day, count(*) FROM platform_usage_days GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'unsettled', source || '/' || day || '/' || kind, count(*) FROM unsettled GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'request_budget', source || '/' || account || '/' || hour, count(*) FROM request_budget GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'circuits', source || '/' || account, count(*) FROM circuits GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'unread', source || '/' || target, count(*) FROM unread GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'assessments', mention_id || '/' || model_version, count(*) FROM assessments GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'models', model_version, count(*) FROM models GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'cases', case_id, count(*) FROM cases GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'case_mentions', case_id || '/' || mention_id, count(*) FROM case_mentions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'case_events', event_id, count(*) FROM case_events GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'case_events.version', case_id || '/' || version, count(*) FROM case_events GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'suggestions', suggestion_id, count(*) FROM suggestions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'case_mentions.cases', mention_id, count(*) FROM case_mentions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'commitments', commitment_id, count(*) FROM commitments GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'lounge_slots', day || '/' || case_id, count(*) FROM lounge_slots GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'answers', answer_id, count(*) FROM answers GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'reviews', review_id, count(*) FROM reviews GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'users', user_id, count(*) FROM users GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'reports', day::text, count(*) FROM reports GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'schema_versions', version::text, count(*) FROM schema_versions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'webhook_deliveries', delivery_id, count(*) FROM webhook_deliveries GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'hashtag_ledger', account_id || '/' || hashtag, count(*) FROM hashtag_ledger GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'sync_checks', mention_id, count(*) FROM sync_checks GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'erasures', what || '/' || id, count(*) FROM erasures GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'subject_requests', request_id, count(*) FROM subject_requests GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'handed_out', path, count(*) FROM handed_out GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'alerts', alert_id, count(*) FROM alerts GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'sessions', session_id, count(*) FROM sessions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'sessions.token_hash', token_hash, count(*) FROM sessions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'login_attempts', attempt_id, count(*) FROM login_attempts GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'audit_log', number::text, count(*) FROM audit_log GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'audit_samples', mention_id, count(*) FROM audit_samples GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'queued_mentions', mention_id, count(*) FROM queued_mentions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'recall_estimates', day::text, count(*) FROM recall_estimates GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'label_doubts', mention_id, count(*) FROM label_doubts GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'model_contests', contest_id, count(*) FROM model_contests GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'model_events', event_id, count(*) FROM model_events GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'drift_signs', day || '/' || kind || '/' || name, count(*) FROM drift_signs GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'origin', 'mode', count(*) FROM origin HAVING count(*) > 1;
