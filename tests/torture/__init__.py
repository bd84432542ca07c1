"""Mailings under fire: workers killed, brokers emptied, databases stopped, providers that lie.

The scenarios are here; `tests/services/test_mailings.py` runs them for two minutes, `make torture`
for an hour.
"""
