"""The box: rounds and their rolls, keys, anchors, opening, what the count leaves."""
