-- Payloads of these mentions, and those of their threads that hold their words too: forget_copies.sql empties the same.
SELECT payload_id FROM payloads WHERE mention_id IN (SELECT unnest($mention_ids::text[]))
UNION
SELECT payloads.payload_id
FROM payloads
JOIN mentions AS other ON other.mention_id = payloads.mention_id
JOIN mentions AS gone ON gone.thread_id = other.thread_id
WHERE payloads.body IS NOT NULL
  AND gone.mention_id IN (SELECT unnest($mention_ids::text[]))
  AND length(gone.text) >= 12
  AND contains(payloads.body::text, left(substr(to_json(gone.text)::text, 2), -1));
