"""Invented conversations for practice, by language (data); nobody in them is real."""
