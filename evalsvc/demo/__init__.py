"""The demonstration: invented seasons, served to look around in or walked through by itself."""
