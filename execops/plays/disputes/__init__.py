"""The judgement of a dispute: its ground, the verdict, the action and the words."""
