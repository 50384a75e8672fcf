"""What verdicts teach: labels, audits, contests between models, drift, and the desk played through. No database, no Prefect."""
