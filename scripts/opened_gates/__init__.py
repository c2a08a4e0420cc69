"""Opening gates on purpose: each is made to fail open, and its own case has to turn red."""
