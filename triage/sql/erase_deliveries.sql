-- A delivery that waits is given up: what it told of is the person's.
UPDATE webhook_deliveries SET body = NULL, processed_at = coalesce(processed_at, $now) WHERE delivery_id IN (SELECT unnest($ids::text[]));
