"""The door for people and programs: pages and JSON over the use cases of the archive."""
