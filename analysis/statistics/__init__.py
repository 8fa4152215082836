"""Reading matter: what ratings are worth, by the methods of the field, in floating point."""
