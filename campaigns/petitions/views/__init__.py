"""What the public sees of petitions, and where its forms go."""
