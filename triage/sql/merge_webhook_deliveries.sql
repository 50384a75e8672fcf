-- A delivery that was sent again is known by its hash and changes nothing.
MERGE INTO webhook_deliveries
USING batch_deliveries AS batch
ON webhook_deliveries.delivery_id = batch.delivery_id
WHEN NOT MATCHED THEN INSERT (delivery_id, received_at, body, processed_at)
    VALUES (batch.delivery_id, batch.received_at, batch.body, NULL);
