"""What people see: the daily report, masking and routing. Writes nothing to the database."""
