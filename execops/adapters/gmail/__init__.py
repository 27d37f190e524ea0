"""Gmail's API: the sign-in, the senders, the mailbox, and the transport `gmail`."""
