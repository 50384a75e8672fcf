-- Every audited post of the champion's days, with the verdict that stands (NULL: nobody judged it, or `ragu`, or it is gone).
SELECT sample.day, sample.stratum, sample.passed_over, sample.sampling_probability,
       CASE review.verdict WHEN 'ya' THEN TRUE WHEN 'bukan' THEN FALSE END AS plea
FROM audit_samples AS sample
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE sample.model_version = $model_version
  AND sample.day > $first_day::date
ORDER BY sample.day, sample.mention_id;
