"""A scheme's file as it is read and written: its YAML, its fields, their bounds and mistakes."""
