-- The same hole found twice is one gap.
MERGE INTO gaps
USING page_gaps AS page
ON gaps.source = page.source AND gaps.target = page.target
   AND gaps.from_at IS NOT DISTINCT FROM page.from_at AND gaps.reason = page.reason
WHEN MATCHED THEN UPDATE SET to_at = greatest(gaps.to_at, page.to_at)
WHEN NOT MATCHED THEN INSERT (source, target, from_at, to_at, reason, found_at)
    VALUES (page.source, page.target, page.from_at, page.to_at, page.reason, page.found_at);
