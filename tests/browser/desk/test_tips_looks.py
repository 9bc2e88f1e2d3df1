"""The tips desk played through in a browser: question, answer, label, scrub, pass on, PDF."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from intake.tip_fields import NewTip, Origin, Status, TipFields
from storage.database import utc_now
from tests.browser.conftest import NewPage, Slips
from tests.browser.desk.conftest import Line
from tests.browser.desk.test_report_looks import _fits, _seed, _signed_in

WORDS = (
    "I work at the Pine Motel and I saw a man push a girl into a grey van, plate ABCD 123. "
    "My name is Rowan Field. <img src=x onerror=alert(1)>"
)


async def test_from_the_queue_to_the_pdf(
    line: Line, new_page: NewPage, slips: Slips, password_hash: str
) -> None:
    """Every page fits a phone, with nothing for axe to find; the tipster then reads it."""
    slips.expected.append("422")
    await _seed(line)
    told = TipFields.read({"where": "Brampton", "ongoing": "no", "pass_on": "yes"})
    async with line.database.transaction() as tx:
        taken = await tx.tips.start(NewTip(Origin.FORM, WORDS, utc_now(), told, "en"))
        await tx.accounts.add_advocate("Reed", password_hash, "tips_officer", ["en"])
    page = await _signed_in(line, new_page, "Reed", "/tips")
    await _fits(page, "tips-queue")
    await page.get_by_role("link", name="T-1").click()
    await page.fill("#text", "Which side of the motel?")
    await page.get_by_role("button", name="Ask the tipster").click()
    await page.wait_for_load_state()
    async with line.database.transaction() as tx:
        mine = await tx.tips.by_receipt(taken.receipt)
        assert mine is not None and mine.question is not None
        await tx.tips.tipster_adds(mine, "The lake side. Yes, tell the police.", utc_now())
    await page.select_option("#label", "actionable")
    await page.get_by_role("button", name="Save the label").click()
    await page.wait_for_load_state()
    await _fits(page, "tip")
    await page.get_by_role("link", name="Scrub and pass on").click()
    proposal = page.locator("#fact-what_happened")
    await expect(proposal).not_to_have_value("")
    assert "Rowan" not in await proposal.input_value()
    await _fits(page, "tip-scrub")
    await proposal.fill(WORDS)
    await page.get_by_role("button", name="Accept this text").click()
    await expect(page.get_by_role("alert")).to_contain_text("still speaks of the tipster")
    await proposal.fill("A man pushed a girl into a grey van, plate ABCD 123. The lake side.")
    await page.get_by_role("button", name="Accept this text").click()
    await expect(page.locator("#scrub ~ .is-done")).to_contain_text("Accepted by Reed")
    await page.locator("summary", has_text="Write down a yes or a no").click()
    await page.select_option("#c-to", index=await _police(page))
    await page.check("#c-what_happened")
    await page.check("#c-where")
    await page.select_option("#c-how", index=1)
    await page.locator("form:has([name=act][value=consent]) button.primary").click()
    await expect(page.get_by_role("status")).to_contain_text("Kept in the ledger")
    await page.select_option("#p-to", index=await _police(page))
    await page.uncheck("#p-when")
    await page.get_by_role("button", name="Pass on and write down").click()
    await expect(page.get_by_role("status")).to_contain_text("Passed on")
    await _fits(page, "tip-passed")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="As PDF").click()
    file = Path(await (await waiting.value).path())
    assert file.read_bytes().startswith(b"%PDF")
    async with line.database.transaction() as tx:
        mine = await tx.tips.by_receipt(taken.receipt)
    assert mine is not None and mine.status is Status.PASSED_ON


async def test_keys_of_organizations(
    line: Line, new_page: NewPage, slips: Slips, password_hash: str
) -> None:
    """A new key is shown once, beside those that there are."""
    async with line.database.transaction() as tx:
        await tx.accounts.add_advocate("Fern", password_hash, "administrator", ["en"])
    page = await _signed_in(line, new_page, "Fern", "/tip-keys")
    await page.fill("#name", "Invented Hotels and Conference Centres of the North")
    await page.get_by_role("button", name="Make a key").click()
    await expect(page.locator("code")).to_contain_text("hotline_")
    await _fits(page, "tip-keys")
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.locator("td", has_text="Revoked")).to_be_visible()
    await expect(page.locator("code")).to_have_count(0)


async def _police(page: object) -> int:
    """The place of the police in the list of the protocol."""
    names = await page.locator("#c-to option").all_text_contents()  # type: ignore[attr-defined]
    return next(n for n, name in enumerate(names) if name.startswith("Police"))
