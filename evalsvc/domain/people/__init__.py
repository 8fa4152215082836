"""Who works here: accounts, sessions, whom colleagues speak for, approvals by two people."""
