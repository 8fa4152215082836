"""Evidence packages: what an archive is and an auditor recomputes."""
