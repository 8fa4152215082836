"""Each kind of question as rows of an XLSForm workbook, in and out."""
