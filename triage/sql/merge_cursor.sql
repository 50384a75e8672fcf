MERGE INTO cursors
USING page_cursor AS page
ON cursors.source = page.source AND cursors.target = page.target
WHEN MATCHED THEN UPDATE SET state = page.state::json, updated_at = page.updated_at
WHEN NOT MATCHED THEN INSERT (source, target, state, updated_at) VALUES (page.source, page.target, page.state::json, page.updated_at);
