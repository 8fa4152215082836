"""Pages of a round: codes, opening, the counter, the box and what raters wrote."""
