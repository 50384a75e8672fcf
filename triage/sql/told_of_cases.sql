-- What exports say of each case besides its row: the words it began with, the last attempt or answer of the agency, the last reason.
SELECT
    wanted.case_id,
    (SELECT min_by(mentions.text, (case_mentions.how <> 'opened', mentions.created_at))
     FROM case_mentions JOIN mentions USING (mention_id)
     WHERE case_mentions.case_id = wanted.case_id AND mentions.deleted_at IS NULL) AS text,
    (SELECT max_by(detail ->> 'why', version) FROM case_events
     WHERE case_events.case_id = wanted.case_id AND kind IN (SELECT unnest($attempts::text[]))) AS answer,
    (SELECT max_by(detail ->> 'why', version) FROM case_events
     WHERE case_events.case_id = wanted.case_id AND (detail ->> 'why') IS NOT NULL) AS why,
    (SELECT detail ->> 'why' FROM case_events WHERE case_events.case_id = wanted.case_id AND version = 1) AS opened_why
FROM (SELECT unnest($case_ids::text[]) AS case_id) AS wanted;
