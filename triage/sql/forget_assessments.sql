-- The opinion stays (flag, category, place); what it was read from, word by word, does not.
UPDATE assessments
SET reasons = NULL, place_candidates = NULL, text_sha256 = ''
WHERE mention_id IN (SELECT mention_id FROM gone_mentions);
