"""Custom actions: what the dialogue does beyond fixed words. Served to the engine on loopback."""
