"""The simulated athlete: intended movement, tremor, faults on purpose."""
