"""The language of fixed lines that go out before any model was asked."""

from __future__ import annotations

import pytest

from intake.language_hint import hint


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "help"),
        ("en", "he has a gun and hes coming"),
        ("fr", "Aide"),
        ("fr", "il a un couteau et il arrive"),
        ("es", "ayuda"),
        ("es", "me quitaron el pasaporte y no puedo salir"),
        ("pt", "ele tomou meu passaporte e nao posso sair"),
        ("tl", "tulong po"),
        ("tl", "kinuha nya ang pasaporte ko"),
        ("vi", "toi khong duoc ra ngoai"),
        ("vi", "tôi không được ra ngoài"),
        ("ro", "nu pot sa ies si mi-a luat pasaportul"),
        ("hu", "nem tudok kimenni, elvette az utlevelem"),
        ("so", "waxaan u baahanahay caawimaad"),
        ("ht", "mwen bezwen ed tanpri"),
        ("pa", "ਮੇਰੀ ਮਦਦ ਕਰੋ"),
        ("pa-Latn", "mainu bahar nahi jaan dinde"),
        ("hi-Latn", "mujhe bahar nahi jane dete passport bhi le liya"),
        ("hi", "मुझे मदद चाहिए"),
        ("ne", "मलाई मद्दत चाहिन्छ"),
        ("ar", "ساعدوني من فضلكم"),
        ("ar-Latn", "ana khayfa w mish 3andi basbor"),
        ("fa", "کمک کنید نمیتونم بیرون برم"),
        ("ur", "مجھے باہر نہیں جانے دیتے"),
        ("zh", "他不让我出去"),
        ("zh-Hant", "他不讓我出門"),
        ("zh-Hant", "佢唔畀我走"),
        ("ko", "여권을 뺏겼어요"),
        ("th", "ช่วยด้วย"),
        ("ru", "помогите мне пожалуйста"),
        ("uk", "допоможіть мені будь ласка"),
        ("ta", "உதவி வேண்டும்"),
        ("bn", "আমাকে সাহায্য করুন"),
        ("am", "እርዳታ እፈልጋለሁ እባክህ"),
        ("ti", "ሓገዝ የድልየኒ ኣሎ"),
        (None, "ok"),
        (None, "1"),
        (None, ""),
        (None, "👍"),
        (None, "toronto"),
        (None, "passport"),
        (None, "سلام"),
        ("pa", "help ਮਦਦ ਕਰੋ pls"),
        ("zh", "我要 help"),
    ],
)
def test_a_hint(tag: str | None, text: str) -> None:
    """By script, else by words that belong to one language; nothing that is not clear."""
    assert hint([text]) == tag


def test_several_texts_speak_together() -> None:
    """Fragments add up."""
    assert hint(["no puedo", "salir de", "la casa"]) == "es"
