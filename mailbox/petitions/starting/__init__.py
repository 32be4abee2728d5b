"""Starting a petition: chooser, what is like it already, the form, sponsors, the receipt."""
