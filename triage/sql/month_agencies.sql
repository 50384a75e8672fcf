-- How agencies did with what they were given in a month, as far as it can be judged.
SELECT handlings.agency AS agency, any_value(label) AS name, count(*) AS judged, count(*) FILTER (late) AS late
FROM handlings
LEFT JOIN labels ON labels.kind = 'agency' AND labels.name = handlings.agency
WHERE late IS NOT NULL AND date_trunc('month', timezone($zone, given_at))::date = $month::date
GROUP BY ALL
ORDER BY judged DESC, agency;
