"""What assessing bodies and units enter under their own name: sheets, tasks, reports."""
