"""The people who use a machine: who they are, what they plan, and what they correct."""
