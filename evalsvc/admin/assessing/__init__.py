"""Pages of assessing bodies: sheets, tasks, adjustments and their evidence."""
