"""What people see: the daily report and its masking. Writes nothing to the database."""
