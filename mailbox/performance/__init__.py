"""How well the house answers: one row of facts per case, figures from them, what of it is published."""
