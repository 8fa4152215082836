"""The rows: what the database holds, and beside each column what it must not reveal."""
