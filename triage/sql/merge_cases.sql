-- A case as its events leave it. An older version never overwrites a newer one.
MERGE INTO cases
USING batch_cases AS batch
ON cases.case_id = batch.case_id
WHEN MATCHED AND (cases.version < batch.version OR batch.rebuilt) THEN UPDATE SET
    opened_at = batch.opened_at, opened_from = batch.opened_from, state = batch.state, category = batch.category, topic = batch.topic,
    urgency = batch.urgency, place_code = batch.place_code, level = batch.level, agency = batch.agency, assignee = batch.assignee,
    due_at = batch.due_at, closed_at = batch.closed_at, sp4n_id = batch.sp4n_id, restricted = batch.restricted, consent = batch.consent,
    legal_basis = batch.legal_basis, version = batch.version, handling = batch.handling, helpers = batch.helpers::json, rule = batch.rule,
    candidates = batch.candidates::json, routing_sure = batch.routing_sure, routing_reason = batch.routing_reason,
    declined = batch.declined::json, confirmed = batch.confirmed, forwarded_at = batch.forwarded_at, attempts = batch.attempts,
    clock = batch.clock, clock_started_at = batch.clock_started_at, pauses = batch.pauses::json, paused_at = batch.paused_at,
    rung = batch.rung, changed_at = batch.changed_at, changed_by = batch.changed_by
WHEN NOT MATCHED THEN INSERT (
    case_id, opened_at, opened_from, state, category, topic, urgency, place_code, level, agency, assignee, due_at, closed_at, sp4n_id,
    restricted, consent, legal_basis, version, handling, helpers, rule, candidates, routing_sure, routing_reason, declined, confirmed,
    forwarded_at, attempts, clock, clock_started_at, pauses, paused_at, rung, changed_at, changed_by
) VALUES (
    batch.case_id, batch.opened_at, batch.opened_from, batch.state, batch.category, batch.topic, batch.urgency, batch.place_code,
    batch.level, batch.agency, batch.assignee, batch.due_at, batch.closed_at, batch.sp4n_id, batch.restricted, batch.consent,
    batch.legal_basis, batch.version, batch.handling, batch.helpers::json, batch.rule, batch.candidates::json, batch.routing_sure,
    batch.routing_reason, batch.declined::json, batch.confirmed, batch.forwarded_at, batch.attempts, batch.clock,
    batch.clock_started_at, batch.pauses::json, batch.paused_at, batch.rung, batch.changed_at, batch.changed_by
);
