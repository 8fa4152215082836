"""What people wrote in words: kept apart from who wrote it, reviewed, released."""
