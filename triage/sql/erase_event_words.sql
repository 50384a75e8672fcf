-- Events are append-only but for this: a sentence that is a person's makes room, everything a replay needs stays.
UPDATE case_events SET detail = batch_words.detail::json FROM batch_words WHERE case_events.event_id = batch_words.event_id;
