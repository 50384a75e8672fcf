-- Files that were handed out within the span.
SELECT what, actor, made_at FROM handed_out WHERE made_at BETWEEN $from_at AND $to_at ORDER BY made_at, path;
