"""Who may come in, and what every page of the office stands on."""
