"""Pages of a season before its first round: roster, scheme, questionnaires, figures."""
