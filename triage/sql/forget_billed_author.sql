-- That a person's profile was paid for names the person; only today's counts for the bill.
DELETE FROM billed
WHERE kind = 'x.expanded_user' AND day < $today::date
  AND resource_id IN (SELECT author_id FROM mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])));
