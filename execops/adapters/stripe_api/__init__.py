"""The parts that the actions at Stripe share: calls that change something, their marks, and Stripe's errors."""
