"""The living style page: tokens, components, blocks and patterns as they are, in both languages and both themes."""
