"""The administrator's page of accounts: who works at the desk, as what, and how they get in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from handoff.account_pages import is_owner, knows
from handoff.auth import SignedIn
from handoff.factors import passes
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right, Role
from handoff.staff import ResetReason, Staff, is_name, languages_in
from handoff.words import SCREEN
from intake.competencies import Competency
from intake.errors import ConversationNotFound
from intake.messages import clean
from storage.accounts import Advocate

PATH = "/accounts"
router = APIRouter(prefix=PATH, include_in_schema=False)
Keeper = Annotated[SignedIn, Depends(needs(Right.MANAGE_ACCOUNTS))]
_Short = Annotated[str, Form(max_length=200)]
_Secret = Annotated[str, Form(max_length=2_000)]


@router.get("")
async def show(request: Request, signed_in: Keeper, office: TheOffice) -> Response:
    """Every account, and the form for a new one."""
    return await _list(request, office, signed_in)


@router.post("")
async def invite(
    request: Request,
    signed_in: Keeper,
    office: TheOffice,
    name: _Short = "",
    role: Annotated[Role, Form()] = Role.ADVOCATE,
    languages: _Short = "",
    password: _Secret = "",
) -> Response:
    """A new account; its set-up code is shown this once."""
    spoken, wanted = languages_in(languages), clean(name)
    kept = {"name": name, "role": role.value, "languages": languages}
    if not is_name(wanted) or spoken is None:
        problem = "accounts.bad_languages" if is_name(wanted) else "accounts.bad_name"
        return await _list(request, office, signed_in, problem=problem, kept=kept)
    if not await is_owner(request, office, signed_in, password):
        return await _list(request, office, signed_in, problem="account.wrong_password", kept=kept)
    async with office.database.transaction() as tx:
        staff = Staff(tx, signed_in.advocate, office.now())
        made = await staff.invite(office.door.passwords, wanted, role, spoken)
    if made is None:
        return await _list(request, office, signed_in, problem="accounts.taken", kept=kept)
    return await _one(request, office, signed_in, made[0], done="accounts.made", code=made[1])


@router.get("/{account_id}")
async def one(request: Request, account_id: UUID, signed_in: Keeper, office: TheOffice) -> Response:
    """One account."""
    return await _one(request, office, signed_in, account_id)


@router.post("/{account_id}")
async def change(
    request: Request,
    account_id: UUID,
    signed_in: Keeper,
    office: TheOffice,
    role: Annotated[Role, Form()],
    languages: _Short = "",
    competencies: Annotated[list[Competency] | None, Form()] = None,
    password: _Secret = "",
) -> Response:
    """Role, languages, competencies."""
    spoken = languages_in(languages)
    if spoken is None:
        return await _one(request, office, signed_in, account_id, problem="accounts.bad_languages")
    if not await is_owner(request, office, signed_in, password):
        return await _one(request, office, signed_in, account_id, problem="account.wrong_password")
    return await _act(
        request,
        office,
        signed_in,
        account_id,
        "accounts.changed",
        lambda staff, account: staff.change(account, role, spoken, competencies or []),
    )


@router.post("/{account_id}/disable")
async def disable(
    request: Request, account_id: UUID, signed_in: Keeper, office: TheOffice
) -> Response:
    """Close it."""
    return await _act(
        request, office, signed_in, account_id, "accounts.disabled_done", Staff.disable
    )


@router.post("/{account_id}/enable")
async def enable(
    request: Request, account_id: UUID, signed_in: Keeper, office: TheOffice
) -> Response:
    """Open it again."""
    return await _act(request, office, signed_in, account_id, "accounts.enabled_done", Staff.enable)


@router.post("/{account_id}/end-sessions")
async def end_sessions(
    request: Request, account_id: UUID, signed_in: Keeper, office: TheOffice
) -> Response:
    """Sign it out everywhere."""
    return await _act(
        request, office, signed_in, account_id, "accounts.sessions_done", Staff.end_sessions
    )


@router.post("/{account_id}/set-up-code")
async def new_code(
    request: Request,
    account_id: UUID,
    signed_in: Keeper,
    office: TheOffice,
    password: _Secret = "",
) -> Response:
    """A new first password, by a code; the one of before opens nothing."""
    if not await is_owner(request, office, signed_in, password):
        return await _one(request, office, signed_in, account_id, problem="account.wrong_password")
    async with office.database.transaction() as tx:
        account = await _account(tx.accounts.advocate_by_id, account_id)
        staff = Staff(tx, signed_in.advocate, office.now())
        code = await staff.new_code(office.door.passwords, account)
    if code is None:
        return await _one(request, office, signed_in, account_id, problem="accounts.own")
    return await _one(request, office, signed_in, account_id, done="accounts.code_done", code=code)


@router.post("/{account_id}/reset-factor")
async def reset_factor(
    request: Request,
    account_id: UUID,
    signed_in: Keeper,
    office: TheOffice,
    reason: Annotated[ResetReason, Form()],
    vouched: _Short = "",
    vouched_password: _Secret = "",
    vouched_code: _Short = "",
    password: _Secret = "",
) -> Response:
    """Forget the second factor, after two people made sure who asks: each shows so as at the
    door.
    """
    if not await is_owner(request, office, signed_in, password):
        return await _one(request, office, signed_in, account_id, problem="account.wrong_password")

    async with office.database.transaction() as tx:
        witness = await tx.accounts.advocate_by_name(clean(vouched))
    if witness is not None and not await knows(request, office, witness, vouched_password):
        witness = None

    async def reset(staff: Staff, account: Advocate) -> str | None:
        if witness and not await passes(staff.tx, witness, vouched_code, staff.now):
            return "accounts.witness"
        return await staff.reset_factor(account, reason, witness)

    return await _act(request, office, signed_in, account_id, "accounts.factor_done", reset)


async def _act(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    account_id: UUID,
    done: str,
    act: Callable[[Staff, Advocate], Awaitable[str | None]],
) -> Response:
    async with office.database.transaction() as tx:
        account = await _account(tx.accounts.advocate_by_id, account_id)
        problem = await act(Staff(tx, signed_in.advocate, office.now()), account)
    return await _one(
        request, office, signed_in, account_id, problem=problem, done=None if problem else done
    )


async def _account(
    find: Callable[[UUID], Awaitable[Advocate | None]], account_id: UUID
) -> Advocate:
    account = await find(account_id)
    if account is None:
        raise ConversationNotFound("no such account")
    return account


async def _list(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    *,
    problem: str | None = None,
    kept: dict[str, str] | None = None,
) -> Response:
    async with office.database.transaction() as tx:
        accounts = await tx.accounts.all_advocates()
        seen, waiting = await tx.staff.last_seen(), await tx.staff.waiting()
    language = language_of(request)
    return page(
        request,
        office,
        signed_in,
        "account/accounts.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=SCREEN.catalogue.text(problem, language) if problem else None,
        accounts=accounts,
        seen=seen,
        waiting=waiting,
        roles=_roles(language),
        kept=kept or {"name": "", "role": Role.ADVOCATE.value, "languages": "en"},
    )


async def _one(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    account_id: UUID,
    *,
    problem: str | None = None,
    done: str | None = None,
    code: str | None = None,
) -> Response:
    async with office.database.transaction() as tx:
        account = await _account(tx.accounts.advocate_by_id, account_id)
        duty = await tx.routing.duty(account_id)
        waiting = (await tx.staff.waiting()).get(account_id)
    words = SCREEN.all(language_of(request))
    return page(
        request,
        office,
        signed_in,
        "account/account_of.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=words[problem] if problem else None,
        done=words[done] if done else None,
        account=account,
        own=account.id == signed_in.advocate.id,
        waiting=waiting,
        code=code,
        link=f"{office.settings.origin}/set-up#{code}" if code else None,
        roles=_roles(language_of(request)),
        trained=set(duty.competencies) if duty else set(),
        competencies=[(one.value, words[f"competency.{one.value}"]) for one in Competency],
        reasons=[(one.value, words[f"accounts.reason.{one.value}"]) for one in ResetReason],
    )


def _roles(language: str) -> list[tuple[str, str]]:
    words = SCREEN.all(language)
    return [(one.value, words[f"role.{one.value}"]) for one in Role]
