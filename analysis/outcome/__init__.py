"""What follows from the scores: grades, consequences over the years, confirmation."""
