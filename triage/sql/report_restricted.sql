-- How many waiting mentions may concern violence, children, suicide or trafficking: a number, nothing else.
SELECT
    count(*) AS waiting,
    count(*) FILTER ($covered_from::timestamptz IS NULL OR first_seen_at > $covered_from::timestamptz) AS new,
    count(*) FILTER (urgency = 2) AS urgent
FROM review_queue
WHERE restricted AND first_seen_at <= $covered_to::timestamptz;
