"""Files that strangers send: read in memory, and made anew in a process of their own."""
