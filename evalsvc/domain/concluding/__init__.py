"""From what was counted and entered to results: computed, looked into, published, archived."""
