-- Cases with a blanked mention, and when the newest of them was blanked: papers made before that still tell of it.
SELECT case_mentions.case_id, max(mentions.deleted_at) AS gone_at
FROM case_mentions
JOIN mentions USING (mention_id)
WHERE mentions.deleted_at IS NOT NULL
GROUP BY case_mentions.case_id
ORDER BY case_mentions.case_id;
