"""The command line. Each command imports heavy modules inside its function, so every command starts fast."""
