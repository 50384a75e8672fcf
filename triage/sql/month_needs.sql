-- Needs of a month by category (a reviewer's word before the model's) and by kecamatan.
WITH verdicts AS (
    SELECT mention_id, verdict, category FROM reviews WHERE stands
),
needs AS (
    SELECT coalesce(verdicts.category, mentions.category, '-') AS category, coalesce(kecamatan.code, '-') AS kecamatan
    FROM mentions
    LEFT JOIN verdicts USING (mention_id)
    LEFT JOIN kecamatan ON kecamatan.code = mentions.kecamatan_code
    WHERE date_trunc('month', timezone($zone, created_at))::date = $month::date
      AND (flagged OR verdict = 'ya') AND verdict IS DISTINCT FROM 'bukan' AND duplicate_of IS NULL
)
SELECT 'category' AS kind, category AS name, count(*) AS needs FROM needs GROUP BY ALL
UNION ALL
SELECT 'kecamatan', kecamatan, count(*) FROM needs GROUP BY ALL
ORDER BY kind, needs DESC, name;
