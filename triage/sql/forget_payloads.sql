UPDATE payloads SET body = NULL WHERE mention_id IN (SELECT mention_id FROM gone_mentions);
