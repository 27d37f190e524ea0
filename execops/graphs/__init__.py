"""LangGraph lives only here: the graphs, their state, their checkpoints, and the model's place in them."""
