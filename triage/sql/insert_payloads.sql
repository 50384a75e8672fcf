-- Payloads of mentions that are new: a payload is named after its mention and comes with it. Nothing is kept of an item
-- that quotes what was erased for good.
INSERT INTO payloads (payload_id, source, mention_id, fetched_at, body)
SELECT payload_id, source, mention_id, fetched_at, body::json
FROM page_payloads
WHERE payload_id NOT IN (SELECT id FROM erasures WHERE what = 'payload');
