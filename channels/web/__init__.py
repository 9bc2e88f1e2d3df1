"""The pages of the public port: a chat that works before and without JavaScript."""
