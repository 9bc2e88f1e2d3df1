"""Sets the line up on a machine, starts its processes and keeps them running."""
