"""Working days as the State Council arranges them, year by year; a day unknown is said to be so."""
