"""Backups: encrypted, deduplicated, incremental, verified. The format is docs/backup-format.md."""
