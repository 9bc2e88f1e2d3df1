"""The dialogue engine: Rasa's components, channel and words, in an environment of their own."""
