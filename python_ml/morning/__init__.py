"""The verbs of a morning, from loading to the plan, and what is asked beside it."""
