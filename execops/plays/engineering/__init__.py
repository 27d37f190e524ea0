"""The Engineering vertical: what breaks the product for those who pay for it."""
