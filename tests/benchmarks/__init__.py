"""How fast the site signs and shows, beside a bare Django on the same server in the same run.

`make bench`, or `PYTHONPATH=site:. python -m tests.benchmarks`. Linux only (epoll, /proc).
"""

# Marks what a run leaves in a shared Redis, so that it can be told apart and removed.
NAMESPACE = "obstinate-bench"
