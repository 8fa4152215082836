"""Worked cases of the presets: packages in tests/data, their figures by hand in the tests."""
