-- Who of the staff saw what others do not, within the span.
SELECT user_id, what, made_at FROM access_log WHERE made_at BETWEEN $from_at AND $to_at ORDER BY made_at, user_id, what;
