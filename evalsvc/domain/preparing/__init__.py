"""What a season stands on: its roster, figures and evidence, its scheme changed and tried."""
