"""The command line: scripts the inbox, runs the processes. Heavy modules are imported where they are used."""
