"""The test suite; a package, so that every test may import its parts by name."""
