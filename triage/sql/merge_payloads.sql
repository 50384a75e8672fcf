-- Nothing is kept of an item that quotes what was erased for good; items of blanked mentions are left out by who calls this.
MERGE INTO payloads
USING (
    SELECT * FROM page_payloads
    WHERE payload_id NOT IN (SELECT id FROM erasures WHERE what = 'payload')
) AS page
ON payloads.payload_id = page.payload_id
WHEN MATCHED THEN UPDATE SET fetched_at = page.fetched_at, body = page.body::json, mention_id = page.mention_id
WHEN NOT MATCHED THEN INSERT (payload_id, source, mention_id, fetched_at, body)
    VALUES (page.payload_id, page.source, page.mention_id, page.fetched_at, page.body::json);
