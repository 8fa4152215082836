"""The law: how a season's facts become its official scores, in exact fractions."""
