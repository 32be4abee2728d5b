from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Plug into the platform's registries."""
        from engage.pages.messages import register_refusals
        from surveys import dispositions, words, xlsform_words

        register_refusals(dispositions.REFUSALS)
        register_refusals(words.REFUSALS)
        register_refusals(xlsform_words.REFUSALS)
