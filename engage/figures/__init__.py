"""Figures that are published: which counts may be shown. Every room that publishes counts about people asks here."""
