from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Plug into the platform's registries."""
        from engage.pages.messages import register_refusals
        from surveys import dispositions, words, xlsform_words
        from surveys.telephone import words as telephone_words

        for room in (dispositions, words, xlsform_words, telephone_words):
            register_refusals(room.REFUSALS)
