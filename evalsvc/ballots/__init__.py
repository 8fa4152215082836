"""What a ballot asks and which answers it takes: pure rules, without a database."""
