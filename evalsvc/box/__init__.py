"""The cryptographic core of the sealed ballot box: no database, no web, no environment."""
