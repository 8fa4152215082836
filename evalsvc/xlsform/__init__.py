"""Questionnaires as XLSForm workbooks, the open standard of field surveys: read and written."""
