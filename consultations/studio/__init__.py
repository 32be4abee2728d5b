"""What editors see of consultations in the Studio: calls, the draft desk, and what waits for them."""
