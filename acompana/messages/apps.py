from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "acompana.messages"
    label = "outbox"  # Django's own messages framework holds the label "messages"
    verbose_name = "Mensajes"
