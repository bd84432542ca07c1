"""Providers that stand in for real ones: processes of their own, reached over the network alone."""
