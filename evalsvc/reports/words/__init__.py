"""A figure, a remark, a grade said in plain words."""
