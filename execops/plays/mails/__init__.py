"""The words of mails to customers, built in and the founder's own."""
