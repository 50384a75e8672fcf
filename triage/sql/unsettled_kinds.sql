-- By kind of read on a day: what the counter showed as unsettled at the last look, whether reads of that kind were asked for
-- since (or, at a first look, since the first reservation that stayed open), and how much is set aside on the day.
-- A reservation that stayed open on the eve may have been billed on this day.
WITH looked AS (
    SELECT kind, units, compared_at FROM unsettled WHERE source = $source AND day = $day
),
reads AS (
    SELECT * FROM spend
    WHERE source = $source AND kind LIKE $reads AND state <> 'void' AND NOT starts_with(spend_id, 'excess:')
      AND (day = $day OR (day = $day - 1 AND state = 'reserved'))
),
since AS (
    SELECT coalesce((SELECT max(compared_at) FROM looked),
                    (SELECT min(reserved_at) - INTERVAL 1 MICROSECOND FROM reads WHERE state = 'reserved')) AS moment
)
SELECT
    kind,
    coalesce(any_value(looked.units), 0) AS units,
    coalesce(bool_or(reads.reserved_at > since.moment), FALSE) AS active,
    coalesce(sum(reads.units) FILTER (reads.state = 'reserved' AND reads.day = $day), 0) AS room
FROM reads
FULL JOIN looked USING (kind)
CROSS JOIN since
GROUP BY kind
ORDER BY kind;
