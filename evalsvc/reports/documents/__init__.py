"""What leaves the office: PDF, XLSX and CSV, from plain values to bytes."""
