"""Questionnaires that LimeSurvey has saved as `.lss`, read into the sheets of a form."""
