"""Who may do what. Pure decisions: no I/O, no SQL, no clock, no web."""
