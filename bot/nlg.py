"""The bot's words: Rasa asks this class, and it reads the catalogues in `locales/`.

Named in endpoints.yml. A change of wording needs no training; a key that no
catalogue holds fails the turn, which fetches a human.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.settings import line_phone, unreviewed
from intake.languages import chain
from locales.catalogue import Catalogue

#: What Rasa passes along with every response, beside an action's own values.
_NOT_VALUES = frozenset(
    {"domain_responses", "text", "template", "image", "attachment", "buttons", "elements", "custom"}
)


class CatalogueNLG(NaturalLanguageGenerator):
    """Finds the sentence of a response in the conversation's language."""

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        self._catalogue = Catalogue.load(domain="messages", unreviewed=unreviewed())
        self._phone = line_phone()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The text of a response; raises UnknownText for a key no catalogue holds."""
        values = {
            name: value
            for name, value in kwargs.items()
            if name not in _NOT_VALUES and isinstance(value, str)
        }
        values.setdefault("phone", self._phone)
        # An action that has just changed the language says so in the new one.
        language = values.pop("language", None) or tracker.get_slot("language")
        return {"text": self._catalogue.text(utter_action, chain(language), **values)}
