"""The transport `outbox`: a Maildir under the home folder, from which nothing leaves the machine."""
