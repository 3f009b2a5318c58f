"""The simulated athlete: intended movement, unsteady legs, tremor, deliberate faults of form."""
