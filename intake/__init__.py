"""The rules of the line: what a text means for the person's safety, and who answers next.

Standard library and PyYAML only, valid on Python 3.10, no I/O of its own: the world is reached
through the ports in `intake.ports`, so that both environments and every test can hold it.
"""
