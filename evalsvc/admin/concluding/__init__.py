"""Pages of a result: ranking, units, diagnostics, publication, exports."""
