-- How many flagged mentions wait that only the officers of restricted cases may see: a number, nothing else.
SELECT count(*)
FROM review_queue AS queue
WHERE queue.restricted
   OR queue.mention_id IN (SELECT mention_id FROM case_mentions JOIN cases USING (case_id) WHERE cases.restricted);
