-- Events with sentences of cases that were closed before then.
SELECT case_events.event_id
FROM case_events
JOIN cases USING (case_id)
WHERE cases.closed_at < $before
  AND case_events.event_id NOT IN (SELECT id FROM erasures WHERE what = 'event')
  AND regexp_matches(case_events.detail::text, '"(why|reason|what|note)":"');
