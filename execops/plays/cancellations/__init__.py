"""Customers who leave: whether it is news, to whom, and in which words."""
