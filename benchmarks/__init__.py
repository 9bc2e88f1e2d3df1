"""Figures anybody can reproduce: `./hotline bench` measures the running line."""
