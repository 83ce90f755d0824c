"""A synthetic company, so that the house can be tried, shown and tested without anybody's real papers."""
