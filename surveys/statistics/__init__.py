"""Figures from survey data: estimates under a design, cross-tabs, response rates. No Django."""
