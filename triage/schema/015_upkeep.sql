-- When an edit took the place of a text: an edit after somebody acted on the case is something to be told of.

ALTER TABLE mention_versions ADD COLUMN replaced_at timestamptz;  -- NULL: before this column was kept
