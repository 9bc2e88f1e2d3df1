"""Files of tips at the desk: listed, taken out for a reason, sealed when they must be."""

from __future__ import annotations

import psycopg

from handoff.guard import SEALED_OFF
from intake.tip_fields import NewTip, Origin, TipFields
from intake.tip_files import CleanFile, FileKind
from storage.attachments import PRESERVED
from storage.tip_clock import purge_tips
from tests.handoff.people import Bench

PICTURE = CleanFile(FileKind.PICTURE, b"\xff\xd8\xff picture \xff\xd9", 3)
PAPER = CleanFile(FileKind.DOCUMENT, b"%PDF-1.7 paper", 2)


async def tip_with_files(bench: Bench) -> tuple[str, str, list[str]]:
    """The path of a tip's files, its receipt, and the paths of its files."""
    new = NewTip(Origin.FORM, "words", bench.clock(), files=(PICTURE, PAPER))
    async with bench.database.transaction() as tx:
        taken = await tx.tips.start(new)
        listed = await tx.attachments.of(taken.id)
    path = f"/tips/{taken.id}/files"
    return path, taken.receipt, [f"{path}/{one.id}" for one in listed]


async def test_listed_by_kind_and_size_and_opened_for_a_reason(bench: Bench) -> None:
    """No picture on any page; the file comes as something to save that runs nothing."""
    path, _, (picture, paper) = await tip_with_files(bench)
    officer = await bench.advocate("Reed", "tips_officer")
    tip = (await officer.get(path.removesuffix("/files"))).text
    assert f'href="{path}"' in tip
    page = (await officer.get(path)).text
    assert "Picture" in page and "Document" in page and "first of 3" in page
    assert "<img" not in page and "<object" not in page and "<iframe" not in page
    assert "1-866-658-9022" not in page
    assert (await officer.post(picture, data={"reason": " "})).status_code == 422
    for where, file, name in ((picture, PICTURE, "1.jpg"), (paper, PAPER, "2.pdf")):
        taken = await officer.post(where, data={"reason": "to read the plate"})
        assert taken.content == file.content
        assert taken.headers["content-type"] == file.kind.media_type
        disposition = taken.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="T-') and name in disposition
        assert taken.headers["content-security-policy"] == SEALED_OFF
        assert taken.headers["x-content-type-options"] == "nosniff"
        assert taken.headers["cache-control"] == "no-store"
        # A link would open without a reason.
        assert (await officer.get(where)).status_code == 405
    after = (await officer.get(path.removesuffix("/files"))).text
    assert after.count("to read the plate") == 2
    seen = [one for one in await bench.actions() if one.startswith("tip_file")]
    assert seen == ["tip_files_listed", "tip_files_listed", "tip_file_opened", "tip_file_opened"]


async def test_files_are_for_the_tips_desk_and_of_their_own_tip(bench: Bench) -> None:
    """No other role lists, opens or marks; a file is not reached through another tip."""
    path, _, (picture, _) = await tip_with_files(bench)
    other, _, _ = await tip_with_files(bench)
    for name, role in (("Ash", "advocate"), ("Sky", "supervisor"), ("Fern", "administrator")):
        browser = await bench.advocate(name, role)
        assert (await browser.get(path)).status_code == 403
        assert (await browser.post(picture, data={"reason": "x"})).status_code == 403
        assert (await browser.post(f"{picture}/mark")).status_code == 403
    officer = await bench.advocate("Reed", "tips_officer")
    crossed = picture.replace(path, other)
    assert (await officer.post(crossed, data={"reason": "x"})).status_code == 404
    await officer.post(f"{crossed}/mark")
    assert (await officer.post(picture, data={"reason": "x"})).status_code == 200


async def test_a_marked_file_is_sealed_from_everybody_and_outlives_the_tip(
    bench: Bench, desk_url: str
) -> None:
    """Not opened again, preserved for the police though the tip is taken back, then gone."""
    path, receipt, (picture, paper) = await tip_with_files(bench)
    officer = await bench.advocate("Reed", "tips_officer")
    assert (await officer.post(f"{picture}/mark")).status_code == 303
    page = (await officer.get(path)).text
    assert "Sealed" in page and "1-866-658-9022" in page
    assert f'action="{picture}"' not in page and f'action="{paper}"' in page
    assert (await officer.post(picture, data={"reason": "x"})).status_code == 404
    assert (await officer.post(paper, data={"reason": "x"})).status_code == 200
    assert "tip_file_marked" in await bench.actions()

    def sealed() -> list[tuple[bytes]]:
        with psycopg.connect(desk_url) as connection:
            found = "SELECT content_sealed FROM vault.sealed_attachment WHERE id::text = %s"
            return connection.execute(found, (picture.rpartition("/")[2],)).fetchall()

    ((content,),) = sealed()
    assert b"picture" not in content
    async with bench.database.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt)
        assert tip is not None
        await tx.tips.withdraw(tip.id, bench.clock())
        await purge_tips(tx.tips, bench.clock())
        assert await tx.attachments.of(tip.id) == []
    assert len(sealed()) == 1
    bench.clock.forward(seconds=PRESERVED.total_seconds() + 1)
    async with bench.database.transaction() as tx:
        await purge_tips(tx.tips, bench.clock())
    assert sealed() == []


async def test_an_officer_says_how_to_be_woken_and_opening_ends_it(bench: Bench) -> None:
    """Addresses are kept sealed and never shown again; an open tip wakes nobody any more."""
    officer = await bench.advocate("Reed", "tips_officer")
    kept = await officer.post("/tips/woken", data={"phone": "+16135550147", "email": ""})
    assert kept.status_code == 303
    page = (await officer.get("/tips")).text
    assert "5550147" not in page and "Text" in page
    refused = await officer.post("/tips/woken", data={"phone": "12", "email": "x"})
    assert refused.status_code == 422
    new = NewTip(Origin.FORM, "words", bench.clock(), TipFields(ongoing="yes"))
    async with bench.database.transaction() as tx:
        taken = await tx.tips.start(new)
        assert await tx.tip_calls.unopened() == 1
    await officer.get(f"/tips/{taken.id}")
    async with bench.database.transaction() as tx:
        assert await tx.tip_calls.unopened() == 0
