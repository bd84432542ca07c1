"""Makes the least that a test needs. Facts in `facts`, people in `people`, pages in `pages`."""
