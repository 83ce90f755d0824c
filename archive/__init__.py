"""What is kept, where, for how long, and what happened to it."""
