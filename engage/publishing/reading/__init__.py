"""What each kind of file says to a person or to a tool; `engage.publishing.documents` is the door."""
