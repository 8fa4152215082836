"""Tests of questionnaires as XLSForm workbooks."""
