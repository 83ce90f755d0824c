"""The pages as a person sees them: a real server, a real browser."""
