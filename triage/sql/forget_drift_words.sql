-- A word that became frequent may be a name; with the example it was found in it goes.
DELETE FROM drift_signs WHERE kind = 'words' AND mention_id IN (SELECT mention_id FROM gone_mentions);
