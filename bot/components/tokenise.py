"""The pipeline's tokenizer: words as the models read them, pointing into the text as written."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import normalise, reading


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FoldingTokenizer(Tokenizer):
    """Splits a text as `reading` does; every model after it reads these tokens."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings that Rasa's own base class asks for."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute; a text of nothing but spaces has one empty-looking token."""
        text = message.get(attribute)
        found = reading.tokens(text) if attribute == TEXT else normalise.tokens(str(text))
        if not found:
            # Featurizers need one token to hang a sentence's features on.
            return [Token("_", 0, max(1, len(text)))]
        return [Token(token.text, token.start, token.end) for token in found]
