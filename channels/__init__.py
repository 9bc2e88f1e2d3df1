"""The porch and the worker: everything between a provider and the rules.

One file a channel under `adapters/`; foreign words stop there.
"""
