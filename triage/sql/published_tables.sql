-- The published copy: what analysts may see. Every table and column says what it is; the data dictionary is made of these words.

CREATE TABLE about (
    published_at timestamptz, mode text, program text, region text, schema_version integer,
    mentions bigint, withheld_mentions bigint, withheld_cases bigint, least_authors integer
);
COMMENT ON TABLE about IS 'One row: what this copy is and what it leaves out.';
COMMENT ON COLUMN about.published_at IS 'When the copy was made (UTC).';
COMMENT ON COLUMN about.mode IS 'demo (invented) or real.';
COMMENT ON COLUMN about.program IS 'The program''s name.';
COMMENT ON COLUMN about.region IS 'Kemendagri code of the home regency.';
COMMENT ON COLUMN about.schema_version IS 'Schema of the database it was made from.';
COMMENT ON COLUMN about.mentions IS 'Mentions in this copy.';
COMMENT ON COLUMN about.withheld_mentions IS 'Mentions left out because they may be restricted (violence, children, suicide, trafficking).';
COMMENT ON COLUMN about.withheld_cases IS 'Cases left out for the same reason.';
COMMENT ON COLUMN about.least_authors IS 'A word outside the vocabulary is shown when at least so many authors used it in texts of their own.';

CREATE TABLE mentions (
    mention_id text, platform text, kind text, author text, created_at timestamptz, first_seen_at timestamptz, found_by text,
    parent_id text, thread_id text, text text, words integer, words_left_out integer, edits integer,
    model_version text, flag_score double, threshold double, flagged boolean, category text, category_score double, topic text,
    urgency integer, urgency_score double, lang text, kecamatan_code text, kecamatan text, kabkota text, level text, duplicate_of text
);
COMMENT ON TABLE mentions IS 'One row is a post, comment or reply, with the newest model''s opinion of it. Deleted, unassessed and possibly restricted ones are not here.';
COMMENT ON COLUMN mentions.mention_id IS 'Pseudonym of the mention: a keyed hash, the same in every copy. It leads to no post.';
COMMENT ON COLUMN mentions.platform IS 'x or instagram.';
COMMENT ON COLUMN mentions.kind IS 'post, comment or reply.';
COMMENT ON COLUMN mentions.author IS 'Pseudonym of the author: a keyed hash, the same in every copy; NULL when unknown.';
COMMENT ON COLUMN mentions.created_at IS 'When it was written, cut to the hour (UTC).';
COMMENT ON COLUMN mentions.first_seen_at IS 'When it was collected, cut to the hour (UTC).';
COMMENT ON COLUMN mentions.found_by IS 'How it was found: mentions, search, tagged, comments, import.';
COMMENT ON COLUMN mentions.parent_id IS 'Pseudonym of the mention it answers.';
COMMENT ON COLUMN mentions.thread_id IS 'Pseudonym of the thread it stands in.';
COMMENT ON COLUMN mentions.text IS 'Its words in lower case, masked; … stands for words that are left out, [nama] and the like for identifiers.';
COMMENT ON COLUMN mentions.words IS 'How many words the text has.';
COMMENT ON COLUMN mentions.words_left_out IS 'How many of them are left out here.';
COMMENT ON COLUMN mentions.edits IS 'How often the text was edited.';
COMMENT ON COLUMN mentions.model_version IS 'The model whose opinion follows.';
COMMENT ON COLUMN mentions.flag_score IS 'P(humanitarian complaint), corrected to the share expected at the source.';
COMMENT ON COLUMN mentions.threshold IS 'From this score on it is flagged.';
COMMENT ON COLUMN mentions.flagged IS 'flag_score >= threshold.';
COMMENT ON COLUMN mentions.category IS 'Kind of need (labels: kind category); predicted for every mention, meant for the flagged.';
COMMENT ON COLUMN mentions.category_score IS 'How sure the model is of the category.';
COMMENT ON COLUMN mentions.topic IS 'What else it is about (labels: kind topic).';
COMMENT ON COLUMN mentions.urgency IS '0, 1 or 2; 2: a life may be at risk now.';
COMMENT ON COLUMN mentions.urgency_score IS 'P(urgency = 2).';
COMMENT ON COLUMN mentions.lang IS 'Language by the model: id, su, jv, other.';
COMMENT ON COLUMN mentions.kecamatan_code IS 'Kemendagri code of the kecamatan it names, as far as that is clear; never finer.';
COMMENT ON COLUMN mentions.kecamatan IS 'Name of that kecamatan.';
COMMENT ON COLUMN mentions.kabkota IS 'Name of its regency or city.';
COMMENT ON COLUMN mentions.level IS 'Whose matter it is: kabkota, provinsi, pusat, luar_wilayah.';
COMMENT ON COLUMN mentions.duplicate_of IS 'Pseudonym of the first mention with nearly the same text.';

CREATE TABLE reviews (
    mention_id text, case_id text, reviewer text, verdict text, category text, urgency integer, made_at timestamptz,
    stands boolean, model_version text, shown_because text, sampling_probability double
);
COMMENT ON TABLE reviews IS 'One row is a person''s verdict on a mention; appended, never changed.';
COMMENT ON COLUMN reviews.mention_id IS 'Pseudonym of the mention.';
COMMENT ON COLUMN reviews.case_id IS 'Its case, when the verdict was about one.';
COMMENT ON COLUMN reviews.reviewer IS 'Pseudonym of the reviewer.';
COMMENT ON COLUMN reviews.verdict IS 'ya (a complaint), bukan (none), ragu (unsure).';
COMMENT ON COLUMN reviews.category IS 'The category as the reviewer corrected it.';
COMMENT ON COLUMN reviews.urgency IS 'The urgency as the reviewer corrected it.';
COMMENT ON COLUMN reviews.made_at IS 'When (UTC).';
COMMENT ON COLUMN reviews.stands IS 'The verdict that counts for its mention: the newest that was not taken back.';
COMMENT ON COLUMN reviews.model_version IS 'The model whose opinion was on the screen.';
COMMENT ON COLUMN reviews.shown_because IS 'Why the queue showed it.';
COMMENT ON COLUMN reviews.sampling_probability IS 'The chance it had to be shown, where chance decided.';

CREATE TABLE cases (
    case_id text, received_at timestamptz, opened_at timestamptz, opened_from text, state text, category text, topic text, urgency integer,
    kecamatan_code text, level text, agency text, rule text, handling text, confirmed boolean, rung text, clock text,
    due_at timestamptz, first_due_at timestamptz, first_action_at timestamptz, forwarded_at timestamptz, finished_at timestamptz,
    closed_at timestamptz, returns integer, reopenings integer, mentions integer
);
COMMENT ON TABLE cases IS 'One row is one need of one household or place, as it stands.';
COMMENT ON COLUMN cases.case_id IS 'The case''s number, as the desk knows it.';
COMMENT ON COLUMN cases.received_at IS 'When the desk first had the need (UTC); clocks run from here.';
COMMENT ON COLUMN cases.opened_at IS 'When the case was opened.';
COMMENT ON COLUMN cases.opened_from IS 'mention, letter, visit, whatsapp, other.';
COMMENT ON COLUMN cases.state IS 'Where it is now (data/states.toml).';
COMMENT ON COLUMN cases.category IS 'Kind of need (labels: kind category).';
COMMENT ON COLUMN cases.topic IS 'What else it is about (labels: kind topic).';
COMMENT ON COLUMN cases.urgency IS '0, 1 or 2; 2: emergency.';
COMMENT ON COLUMN cases.kecamatan_code IS 'Kemendagri code of the kecamatan; never finer.';
COMMENT ON COLUMN cases.level IS 'kabkota, provinsi, pusat, luar_wilayah.';
COMMENT ON COLUMN cases.agency IS 'Who has it now (labels: kind agency).';
COMMENT ON COLUMN cases.rule IS 'The routing rule of data/agencies.toml; NULL: a person chose.';
COMMENT ON COLUMN cases.handling IS 'informasi, tidak_berpengawasan, berpengawasan.';
COMMENT ON COLUMN cases.confirmed IS 'A person said that this is a need.';
COMMENT ON COLUMN cases.rung IS 'How high it has climbed (data/states.toml).';
COMMENT ON COLUMN cases.clock IS 'The running clock of data/deadlines.toml.';
COMMENT ON COLUMN cases.due_at IS 'When that clock runs out.';
COMMENT ON COLUMN cases.first_due_at IS 'When the first clock ran out.';
COMMENT ON COLUMN cases.first_action_at IS 'The first thing that a person did with it, more than a note.';
COMMENT ON COLUMN cases.forwarded_at IS 'When an agency was first given it.';
COMMENT ON COLUMN cases.finished_at IS 'When an agency first said that it is done.';
COMMENT ON COLUMN cases.closed_at IS 'When it ended; NULL: open.';
COMMENT ON COLUMN cases.returns IS 'How often an agency said that it is not its matter.';
COMMENT ON COLUMN cases.reopenings IS 'How often it was opened again.';
COMMENT ON COLUMN cases.mentions IS 'How many mentions stand in it.';

CREATE TABLE case_mentions (case_id text, mention_id text, how text);
COMMENT ON TABLE case_mentions IS 'Which mention stands in which case.';
COMMENT ON COLUMN case_mentions.case_id IS 'The case.';
COMMENT ON COLUMN case_mentions.mention_id IS 'Pseudonym of the mention.';
COMMENT ON COLUMN case_mentions.how IS 'opened, merged, manual.';

CREATE TABLE case_steps (
    case_id text, version integer, made_at timestamptz, made_by text, kind text, state text, agency text, due_before timestamptz
);
COMMENT ON TABLE case_steps IS 'One row is one thing that happened to a case; without reasons and names.';
COMMENT ON COLUMN case_steps.case_id IS 'The case.';
COMMENT ON COLUMN case_steps.version IS 'The case''s version after it: 1, 2, 3 …';
COMMENT ON COLUMN case_steps.made_at IS 'When (UTC).';
COMMENT ON COLUMN case_steps.made_by IS 'system or person.';
COMMENT ON COLUMN case_steps.kind IS 'What was done (labels: kind action), or opened, joined …';
COMMENT ON COLUMN case_steps.state IS 'The new state, when it changed.';
COMMENT ON COLUMN case_steps.agency IS 'The new agency, when it changed.';
COMMENT ON COLUMN case_steps.due_before IS 'When the clock that ran until then would have run out; NULL: none ran.';

CREATE TABLE handlings (case_id text, agency text, given_at timestamptz, due_at timestamptz, answered_at timestamptz, answer text, late boolean);
COMMENT ON TABLE handlings IS 'One row is one time that an agency was given a case.';
COMMENT ON COLUMN handlings.case_id IS 'The case.';
COMMENT ON COLUMN handlings.agency IS 'The agency (labels: kind agency).';
COMMENT ON COLUMN handlings.given_at IS 'When it was given.';
COMMENT ON COLUMN handlings.due_at IS 'When its clock runs or ran out; NULL: none ran.';
COMMENT ON COLUMN handlings.answered_at IS 'When it first moved; NULL: not yet, or it was taken away.';
COMMENT ON COLUMN handlings.answer IS 'What it did first: attempt, accept, return, finish …';
COMMENT ON COLUMN handlings.late IS 'After its clock; NULL: cannot be judged yet.';

CREATE TABLE commitments (commitment_id text, case_id text, who text, promised_at timestamptz, due_at timestamptz, kept_at timestamptz);
COMMENT ON TABLE commitments IS 'One row is a promise made in the lounge; without its words.';
COMMENT ON COLUMN commitments.commitment_id IS 'The promise.';
COMMENT ON COLUMN commitments.case_id IS 'The case.';
COMMENT ON COLUMN commitments.who IS 'Who promised: an agency or an office; NULL when it is neither.';
COMMENT ON COLUMN commitments.promised_at IS 'When.';
COMMENT ON COLUMN commitments.due_at IS 'Until when.';
COMMENT ON COLUMN commitments.kept_at IS 'When it was kept; NULL: not yet.';

CREATE TABLE withheld_counts (period text, begins date, mentions bigint);
COMMENT ON TABLE withheld_counts IS 'Possibly restricted mentions by week and by month: this number is all that is told of them.';
COMMENT ON COLUMN withheld_counts.period IS 'week (from Monday) or month, in the program''s time zone.';
COMMENT ON COLUMN withheld_counts.begins IS 'Its first day.';
COMMENT ON COLUMN withheld_counts.mentions IS 'How many.';

CREATE TABLE collection_runs (source text, started_at timestamptz, finished_at timestamptz, status text, requests bigint, seen bigint, new bigint, unmapped bigint);
COMMENT ON TABLE collection_runs IS 'One row is one collecting of one source.';
COMMENT ON COLUMN collection_runs.source IS 'x, instagram, instagram_graph; _sync: following deletions.';
COMMENT ON COLUMN collection_runs.started_at IS 'When it began.';
COMMENT ON COLUMN collection_runs.finished_at IS 'When it ended; NULL: killed or still running.';
COMMENT ON COLUMN collection_runs.status IS 'ok, degraded, failed.';
COMMENT ON COLUMN collection_runs.requests IS 'Requests sent.';
COMMENT ON COLUMN collection_runs.seen IS 'Mentions on the pages.';
COMMENT ON COLUMN collection_runs.new IS 'Of them new.';
COMMENT ON COLUMN collection_runs.unmapped IS 'Items that could not be read.';

CREATE TABLE gaps (source text, from_at timestamptz, to_at timestamptz, found_at timestamptz);
COMMENT ON TABLE gaps IS 'Time spans that could not be read.';
COMMENT ON COLUMN gaps.source IS 'The source.';
COMMENT ON COLUMN gaps.from_at IS 'From; NULL: unknown.';
COMMENT ON COLUMN gaps.to_at IS 'Until; NULL: unknown.';
COMMENT ON COLUMN gaps.found_at IS 'When it was noticed.';

CREATE TABLE models (model_version text, trained_at timestamptz, status text, metric text, value double);
COMMENT ON TABLE models IS 'One row is one figure of one model.';
COMMENT ON COLUMN models.model_version IS 'The model.';
COMMENT ON COLUMN models.trained_at IS 'When it was trained.';
COMMENT ON COLUMN models.status IS 'candidate, champion, retired.';
COMMENT ON COLUMN models.metric IS 'Name of the figure, as measured on corpus posts held back from training.';
COMMENT ON COLUMN models.value IS 'The figure.';

CREATE TABLE kecamatan (code text, name text, tile_row integer, tile_column integer, population integer, population_year integer, population_source text);
COMMENT ON TABLE kecamatan IS 'The kecamatan of the regency as tiles of a map, with people.';
COMMENT ON COLUMN kecamatan.code IS 'Kemendagri code.';
COMMENT ON COLUMN kecamatan.name IS 'Name.';
COMMENT ON COLUMN kecamatan.tile_row IS 'Row of its tile, from the north.';
COMMENT ON COLUMN kecamatan.tile_column IS 'Column of its tile, from the west.';
COMMENT ON COLUMN kecamatan.population IS 'People who live there.';
COMMENT ON COLUMN kecamatan.population_year IS 'In this year.';
COMMENT ON COLUMN kecamatan.population_source IS 'Where the figure comes from, and how sure it is.';

CREATE TABLE labels (kind text, name text, label text);
COMMENT ON TABLE labels IS 'What the codes mean in Indonesian.';
COMMENT ON COLUMN labels.kind IS 'category, topic, urgency, agency, state, action.';
COMMENT ON COLUMN labels.name IS 'The code, as it stands in the other tables.';
COMMENT ON COLUMN labels.label IS 'What people read.';
