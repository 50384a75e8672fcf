-- Mentions that may be restricted by any model's opinion, any verdict, any case or their own words, and what answers or repeats them.
CREATE TABLE withheld AS
WITH restricted AS (
    SELECT mention_id FROM assessments WHERE restricted OR flagged AND category IN (SELECT name FROM restricted_categories)
    UNION
    SELECT mention_id FROM reviews WHERE category IN (SELECT name FROM restricted_categories)
    UNION
    SELECT mention_id FROM case_mentions JOIN cases USING (case_id)
    WHERE cases.restricted OR cases.category IN (SELECT name FROM restricted_categories)
    UNION
    SELECT mention_id FROM masked WHERE restricted
)
SELECT mention_id FROM restricted
UNION
SELECT mention_id FROM mentions WHERE parent_id IN (FROM restricted)
UNION
SELECT mention_id FROM current_assessments WHERE duplicate_of IN (FROM restricted);

CREATE TABLE withheld_cases AS
SELECT case_id FROM cases WHERE restricted OR category IN (SELECT name FROM restricted_categories)
UNION
SELECT case_id FROM case_mentions WHERE mention_id IN (FROM withheld);

-- What may leave: assessed, still there, not withheld; author: pseudonym, so that nothing later needs the real one.
CREATE TABLE leaving AS
SELECT
    mentions.mention_id, opinion.duplicate_of,
    pseudonym(mentions.platform || ':' || coalesce(mentions.author_id, '@' || lower(mentions.author_handle))) AS author
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
WHERE mentions.deleted_at IS NULL AND mentions.mention_id NOT IN (FROM withheld);
