-- The verdict stays; what the reviewer noted about the words does not.
UPDATE reviews SET note = NULL WHERE note IS NOT NULL AND mention_id IN (SELECT mention_id FROM gone_mentions);
