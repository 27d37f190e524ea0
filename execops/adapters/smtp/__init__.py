"""A mail server: what it answers, the folder of sent mails over IMAP, and the transport `smtp`."""
