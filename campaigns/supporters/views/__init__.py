"""What the public sees of its own data: signing up, stopping, and the own page."""
