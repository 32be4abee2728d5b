"""Campaigns: planned around a day, prepared by dated tasks, shown on one page, measured afterwards."""
