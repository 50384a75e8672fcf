-- The next payloads by id, each with what its mention says of itself. `use` is false for what must not be mapped: a deleted
-- mention, a blanked payload, and a payload that another of the same mention stands above (a collector's above a file's, then the newer one).
-- First the ids alone: reading every body to sort by id would read the whole table for each slice.
WITH ids AS (
    SELECT payload_id FROM payloads WHERE payload_id > $after ORDER BY payload_id LIMIT $limit
),
slice AS (
    SELECT payload_id, source, mention_id, fetched_at, body FROM payloads SEMI JOIN ids USING (payload_id)
),
below AS (
    SELECT DISTINCT slice.payload_id
    FROM slice
    JOIN payloads AS other ON other.mention_id = slice.mention_id AND other.payload_id <> slice.payload_id
    WHERE other.body IS NOT NULL
      AND (NOT starts_with(other.source, 'import:'), other.fetched_at, other.payload_id)
        > (NOT starts_with(slice.source, 'import:'), slice.fetched_at, slice.payload_id)
)
SELECT
    slice.payload_id, slice.source, slice.mention_id, slice.fetched_at, coalesce(slice.body::text, '{}') AS body, mentions.matched, mentions.client_version,
    slice.body IS NOT NULL AND mentions.deleted_at IS NULL AND slice.payload_id NOT IN (SELECT payload_id FROM below) AS use
FROM slice
LEFT JOIN mentions ON mentions.mention_id = slice.mention_id
ORDER BY slice.payload_id;
