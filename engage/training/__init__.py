"""A sandbox and a guided tour for new staff that leave no trace."""
