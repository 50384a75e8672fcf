-- Payloads of mentions that are new: a payload is named after its mention and comes with it.
INSERT INTO payloads (payload_id, source, mention_id, fetched_at, body)
SELECT payload_id, source, mention_id, fetched_at, body::json FROM page_payloads;
