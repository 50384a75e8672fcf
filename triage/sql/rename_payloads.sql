-- A payload is named after its mention. Where the name is taken, the payload that has it is the newer one and stays.
DELETE FROM payloads
WHERE payload_id IN (
    SELECT renamed.payload_id
    FROM slice_renamed AS renamed
    WHERE renamed.name IS NULL OR renamed.name IN (SELECT payload_id FROM payloads)
);
UPDATE payloads
SET payload_id = renamed.name, mention_id = renamed.mention_id
FROM slice_renamed AS renamed
WHERE payloads.payload_id = renamed.payload_id;
