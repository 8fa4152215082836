"""What an office uploads, wherever it is used: offered, taken, shown before it counts, entered."""
