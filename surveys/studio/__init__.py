"""The builder of questionnaires in the Studio: their list, their pages and questions, checks, import and export."""
