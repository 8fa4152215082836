"""A second verifier of evidence packages, written from docs/evidence and docs/schemes alone.

Its author had the documents and not the product, of which nothing is imported: the standard
library and PyNaCl do. What is hashed, signed or said twice takes 700 lines: `verifier` has all
checks, `whole` those of a package, `rounds` those of a round, `box` opens ballots. Reading and
writing the files takes 230 (`forms`), recomputing them 900: `figures`, `scores` and `outcome` for
every node, place and grade, `public` for the public edition, a panel's sums and thresholds.
"""

from tests.second_verifier.verifier import check

__all__ = ["check"]
