"""The officers' side of the mailbox: the queue of cases, the page of a case, its steps."""
