"""Starts the processes of the line, keeps them running, and stops them all."""
