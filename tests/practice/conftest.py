"""The practice phone is tried against the same carrier as the channels."""

from tests.channels.conftest import carrier

__all__ = ["carrier"]
