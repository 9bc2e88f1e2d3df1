"""Wording for advocates, by language: phrases by name, and words worth a second look (data)."""
