"""Questions asked of the store: sessions, comparisons, progress, advice."""
