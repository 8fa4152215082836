"""Removes what was deleted from the files themselves: a DELETE leaves its bytes where they were."""
