-- Every value outside its vocabulary, and every number that cannot be (no CHECK, no ENUM: DuckLake refuses them).
SELECT 'mentions.platform' AS what, platform AS value FROM mentions WHERE platform NOT IN ('x', 'instagram')
UNION ALL SELECT 'mentions.kind', kind FROM mentions WHERE kind NOT IN ('post', 'comment', 'reply')
UNION ALL SELECT 'mentions.mention_id', mention_id FROM mentions WHERE NOT regexp_full_match(mention_id, 'x:[0-9]+|instagram:(c:)?[0-9]+|(x|instagram):i:[0-9a-f]{32}')
UNION ALL SELECT 'mentions.seen', mention_id FROM mentions WHERE last_seen_at < first_seen_at
UNION ALL SELECT 'collection_runs.status', status FROM collection_runs WHERE status NOT IN ('ok', 'degraded', 'failed')
UNION ALL SELECT 'collection_runs.counts', run_id FROM collection_runs WHERE new > seen OR least(requests, seen, new, unmapped) < 0
UNION ALL SELECT 'spend.state', state FROM spend WHERE state NOT IN ('reserved', 'settled', 'void')
UNION ALL SELECT 'spend.void', spend_id FROM spend WHERE state = 'void' AND usd <> 0
UNION ALL SELECT 'spend.amount', spend_id FROM spend WHERE units < 0 OR usd < 0
UNION ALL SELECT 'circuits.state', state FROM circuits WHERE state NOT IN ('closed', 'open', 'recovering')
UNION ALL SELECT 'circuits.closed', account FROM circuits WHERE state = 'closed' AND (refusals > 0 OR recovery > 0)
UNION ALL SELECT 'request_budget.taken', account FROM request_budget WHERE taken < 0
UNION ALL SELECT 'unsettled.units', kind FROM unsettled WHERE units < 0
UNION ALL SELECT 'gaps.span', reason FROM gaps WHERE to_at < from_at
UNION ALL SELECT 'assessments.flag_score', mention_id FROM assessments WHERE NOT flag_score BETWEEN 0 AND 1
UNION ALL SELECT 'assessments.flagged', mention_id FROM assessments WHERE flagged <> (flag_score >= threshold)
UNION ALL SELECT 'assessments.urgency', urgency::text FROM assessments WHERE urgency NOT IN (0, 1, 2)
UNION ALL SELECT 'assessments.lang', lang FROM assessments WHERE lang NOT IN ('id', 'su', 'jv', 'other')
UNION ALL SELECT 'assessments.level', level FROM assessments WHERE level NOT IN ('kabkota', 'provinsi', 'pusat', 'luar_wilayah')
UNION ALL SELECT 'assessments.duplicate_of', mention_id FROM assessments WHERE duplicate_of = mention_id
UNION ALL SELECT 'models.status', status FROM models WHERE status NOT IN ('candidate', 'champion', 'retired')
UNION ALL (SELECT 'models.champions', count(*)::text FROM models WHERE status = 'champion' HAVING count(*) > 1)
UNION ALL (SELECT 'models.candidates', count(*)::text FROM models WHERE status = 'candidate' HAVING count(*) > 1)
UNION ALL SELECT 'audit_samples.chance', mention_id FROM audit_samples WHERE NOT (drawn BETWEEN 1 AND passed_over AND sampling_probability > 0 AND sampling_probability <= 1)
UNION ALL SELECT 'recall_estimates.interval', day::text FROM recall_estimates WHERE recall IS NOT NULL AND NOT (0 <= low AND low <= high AND high <= 1)
UNION ALL SELECT 'label_doubts.verdict', verdict FROM label_doubts WHERE verdict NOT IN ('ya', 'bukan')
UNION ALL SELECT 'model_events.kind', kind FROM model_events WHERE kind NOT IN ('trained', 'promoted', 'rolled_back')
UNION ALL SELECT 'drift_signs.kind', kind FROM drift_signs WHERE kind NOT IN ('words', 'scores', 'flagged', 'source', 'place', 'silent_source', 'silent_place')
UNION ALL SELECT 'reviews.verdict', verdict FROM reviews WHERE verdict NOT IN ('ya', 'bukan', 'ragu')
UNION ALL SELECT 'cases.level', level FROM cases WHERE level NOT IN ('kabkota', 'provinsi', 'pusat', 'luar_wilayah')
UNION ALL SELECT 'cases.opened_from', opened_from FROM cases WHERE opened_from NOT IN ('mention', 'letter', 'visit', 'whatsapp', 'other')
UNION ALL SELECT 'cases.urgency', urgency::text FROM cases WHERE urgency NOT IN (0, 1, 2)
UNION ALL SELECT 'cases.handling', handling FROM cases WHERE handling NOT IN ('informasi', 'tidak_berpengawasan', 'berpengawasan')
UNION ALL SELECT 'cases.consent', consent FROM cases WHERE consent NOT IN ('belum', 'ada', 'ditolak', 'wali')
UNION ALL SELECT 'cases.closed', case_id FROM cases WHERE closed_at IS NOT NULL AND (due_at IS NOT NULL OR clock IS NOT NULL)
UNION ALL SELECT 'cases.due', case_id FROM cases WHERE closed_at IS NULL AND clock IS NOT NULL AND (due_at IS NULL) <> (paused_at IS NOT NULL)
UNION ALL SELECT 'case_mentions.how', how FROM case_mentions WHERE how NOT IN ('opened', 'merged', 'manual')
UNION ALL (SELECT 'case_events.version', case_id FROM case_events GROUP BY case_id HAVING max(version) <> count(*) OR min(version) <> 1)
UNION ALL (
    SELECT 'cases.version', cases.case_id FROM cases JOIN case_events USING (case_id)
    GROUP BY cases.case_id, cases.version HAVING max(case_events.version) <> cases.version
)
UNION ALL SELECT 'webhook_deliveries.body', delivery_id FROM webhook_deliveries WHERE (body IS NULL) <> (processed_at IS NOT NULL)
UNION ALL SELECT 'sync_checks.outcome', outcome FROM sync_checks WHERE outcome NOT IN ('there', 'refused', 'gone')
UNION ALL SELECT 'mentions.gone', mention_id FROM mentions WHERE deleted_at IS NOT NULL AND text <> ''
UNION ALL SELECT 'payloads.gone', mention_id FROM payloads WHERE body IS NOT NULL AND mention_id IN (SELECT mention_id FROM mentions WHERE deleted_at IS NOT NULL)
UNION ALL SELECT 'lounge_slots.span', case_id FROM lounge_slots WHERE ends_at <= starts_at
UNION ALL (
    SELECT 'lounge_slots.overlap', one.case_id FROM lounge_slots AS one JOIN lounge_slots AS other
    ON one.day = other.day AND one.case_id <> other.case_id AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
)
UNION ALL SELECT 'commitments.kept', commitment_id FROM commitments WHERE kept_at < promised_at
UNION ALL SELECT 'answers.lang', lang FROM answers WHERE lang NOT IN ('id', 'su')
UNION ALL SELECT 'answers.of', answer_id FROM answers WHERE (mention_id IS NULL) = (case_id IS NULL)
UNION ALL SELECT 'suggestions.state', state FROM suggestions WHERE state NOT IN ('open', 'accepted', 'refused')
UNION ALL SELECT 'suggestions.decided', suggestion_id FROM suggestions WHERE (state = 'open') <> (decided_by IS NULL)
UNION ALL SELECT 'suggestions.chance', suggestion_id FROM suggestions WHERE NOT chance BETWEEN 0 AND 1
UNION ALL SELECT 'erasures.what', what FROM erasures WHERE what NOT IN ('mention', 'event', 'payload', 'delivery', 'suggestion', 'note')
UNION ALL SELECT 'erasures.why', why FROM erasures WHERE why NOT IN ('subject', 'retention')
UNION ALL SELECT 'erasures.mention', id FROM erasures JOIN mentions ON mentions.mention_id = erasures.id WHERE what = 'mention' AND deleted_at IS NULL
UNION ALL SELECT 'erasures.payload', id FROM erasures JOIN payloads ON payloads.payload_id = erasures.id WHERE what = 'payload' AND body IS NOT NULL
UNION ALL SELECT 'subject_requests.kind', kind FROM subject_requests WHERE kind NOT IN ('export', 'erase')
UNION ALL SELECT 'retention_runs.rows', rule FROM retention_runs WHERE rows < 0
UNION ALL SELECT 'alerts.kind', kind FROM alerts WHERE kind NOT IN ('digest', 'emergency')
UNION ALL SELECT 'alerts.state', alert_id FROM alerts WHERE state NOT IN ('sending', 'sent', 'failed') OR (state = 'sent') <> (sent_at IS NOT NULL)
UNION ALL SELECT 'users.role', role FROM users WHERE role NOT IN ('reviewer', 'lead', 'analyst', 'restricted_officer', 'admin')
UNION ALL SELECT 'users.language', language FROM users WHERE language NOT IN ('id', 'en')
UNION ALL SELECT 'users.password_hash', user_id FROM users WHERE NOT starts_with(password_hash, '$argon2id$')
UNION ALL SELECT 'sessions.stage', stage FROM sessions WHERE stage NOT IN ('code', 'open')
UNION ALL SELECT 'sessions.span', session_id FROM sessions WHERE expires_at <= created_at OR seen_at < created_at
UNION ALL SELECT 'login_attempts.kind', kind FROM login_attempts WHERE kind NOT IN ('account', 'address')
UNION ALL (SELECT 'audit_log.hole', max(number)::text FROM audit_log HAVING max(number) <> count(*) OR min(number) <> 1)
UNION ALL SELECT 'origin.mode', mode FROM origin WHERE mode NOT IN ('demo', 'real');
