"""The desk: where advocates see who needs them, take over, answer and give back."""
