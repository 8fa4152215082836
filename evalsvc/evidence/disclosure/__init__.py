"""Whether single raters' answers can be worked out from what is public, and from where on not."""
