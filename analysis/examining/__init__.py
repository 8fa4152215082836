"""A season examined: the statistics put together for the pages that show them."""
