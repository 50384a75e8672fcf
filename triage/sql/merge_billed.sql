MERGE INTO billed
USING page_billed AS page
ON billed.day = page.day AND billed.kind = page.kind AND billed.resource_id = page.resource_id
WHEN NOT MATCHED THEN INSERT (day, kind, resource_id) VALUES (page.day, page.kind, page.resource_id);
