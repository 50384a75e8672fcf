-- Imported rows without an id of the platform's, and the stored mention each of them is: the same author in the same second,
-- or the same words in the same minute (tables often know no seconds).
SELECT batch.mention_id, min(mentions.mention_id) AS stored_id
FROM batch_unnamed AS batch
JOIN mentions
  ON mentions.platform = batch.platform
 AND date_trunc('minute', mentions.created_at) = date_trunc('minute', batch.created_at)
WHERE (lower(mentions.author_handle) = lower(batch.author_handle)
       AND date_trunc('second', mentions.created_at) = date_trunc('second', batch.created_at))
   OR mentions.text = batch.text
GROUP BY batch.mention_id;
