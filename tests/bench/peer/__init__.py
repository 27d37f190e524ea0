"""The plain stack of this field, as a peer: FastAPI, Celery, Redis, and LangGraph's own Postgres checkpointer.

It does the same job in the usual way: a webhook is checked and stored, its id goes to Celery through Redis, a worker runs
a graph up to its interrupt and stores a proposal. Its packages stand in requirements.txt, not among ours.
"""
