"""Tests of what a ballot asks and which answers it takes."""
