"""Long work, done by a process of its own: printing cards, opening boxes, making documents."""
