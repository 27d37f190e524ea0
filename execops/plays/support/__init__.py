"""The reading of a support conversation, which the plays of Customer Fire share."""
