UPDATE mention_versions SET text = '' WHERE mention_id IN (SELECT mention_id FROM gone_mentions);
