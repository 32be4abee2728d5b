"""What to do with the tracked changes of a file: accepting them gives the newer text, rejecting them the older one."""

ACCEPT, REJECT = "accept", "reject"
CHOICES = (ACCEPT, REJECT)
TOLD = {ACCEPT: "tracked_changes_accepted", REJECT: "tracked_changes_rejected"}  # the doubt that says it was done
