"""The steps that brought the tables to their present form, oldest first; forward only."""
