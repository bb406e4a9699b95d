"""A service that answers subject requests: the reference to copy. Its README says how."""
