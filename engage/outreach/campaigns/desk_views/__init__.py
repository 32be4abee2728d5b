"""The desk's screens of campaigns: parse, one query or action, render."""
