"""Bytes to text, text to an index, questions to hits. Knows no records, no people and no tables."""
