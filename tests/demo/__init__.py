"""The demonstration: the main job, through the real windows."""
