"""Brings uv, two Pythons and the environments to a machine; runs on any Python 3.8 or newer."""
