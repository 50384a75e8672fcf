-- Every row that speaks of something that is not there.
SELECT 'mention_versions' AS table_name, mention_id AS missing FROM mention_versions WHERE mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'payloads', mention_id FROM payloads WHERE mention_id IS NOT NULL AND mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'assessments', mention_id FROM assessments WHERE mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'assessments.model', model_version FROM assessments WHERE model_version NOT IN (SELECT model_version FROM models)
UNION ALL SELECT 'assessments.duplicate', duplicate_of FROM assessments WHERE duplicate_of IS NOT NULL AND duplicate_of NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'sync_checks', mention_id FROM sync_checks WHERE mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'spend', run_id FROM spend WHERE run_id NOT IN (SELECT run_id FROM collection_runs)
UNION ALL SELECT 'case_mentions', case_id FROM case_mentions WHERE case_id NOT IN (SELECT case_id FROM cases)
UNION ALL SELECT 'case_mentions.mention', mention_id FROM case_mentions WHERE mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'case_events', case_id FROM case_events WHERE case_id NOT IN (SELECT case_id FROM cases)
UNION ALL SELECT 'commitments', case_id FROM commitments WHERE case_id NOT IN (SELECT case_id FROM cases)
UNION ALL SELECT 'reviews', mention_id FROM reviews WHERE mention_id NOT IN (SELECT mention_id FROM mentions)
UNION ALL SELECT 'reviews.supersedes', supersedes FROM reviews WHERE supersedes IS NOT NULL AND supersedes NOT IN (SELECT review_id FROM reviews);
