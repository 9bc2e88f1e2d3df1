"""What each role may do at the desk, and nothing more than its work needs.

Rights belong to roles, an account has one role. An administrator manages accounts and so could
make one with any right; that is on the audit log, and reads no words by itself.
"""

from __future__ import annotations

from enum import StrEnum

from storage.accounts import Advocate


class Right(StrEnum):
    """One thing that an account may do."""

    WORK_BOARD = "work_board"
    OPEN_ANY = "open_any"
    EDIT_DIRECTORY = "edit_directory"
    READ_TIPS = "read_tips"
    UNMASK_TIPSTER = "unmask_tipster"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    APPROVE_PROTOCOLS = "approve_protocols"
    SEE_WALL = "see_wall"
    SWITCH_LINE = "switch_line"
    EDIT_PHRASES = "edit_phrases"
    MANAGE_TIP_KEYS = "manage_tip_keys"


class Role(StrEnum):
    """What an account is for; storage/tables.py lists the same names."""

    ADVOCATE = "advocate"
    SUPERVISOR = "supervisor"
    DIRECTORY_EDITOR = "directory_editor"
    TIPS_OFFICER = "tips_officer"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADVOCATE: frozenset({Right.WORK_BOARD}),
    Role.SUPERVISOR: frozenset(
        {
            Right.WORK_BOARD,
            Right.OPEN_ANY,
            Right.APPROVE_PROTOCOLS,
            Right.SEE_WALL,
            Right.SWITCH_LINE,
            Right.EDIT_PHRASES,
        }
    ),
    Role.DIRECTORY_EDITOR: frozenset({Right.EDIT_DIRECTORY}),
    Role.TIPS_OFFICER: frozenset({Right.READ_TIPS, Right.UNMASK_TIPSTER}),
    Role.PRIVACY_OFFICER: frozenset({Right.READ_AUDIT, Right.MANAGE_TIP_KEYS}),
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_ACCOUNTS, Right.MANAGE_TIP_KEYS}),
}


def rights_of(advocate: Advocate) -> frozenset[Right]:
    """Everything that an account may do; nothing for a closed one."""
    return frozenset() if advocate.disabled else RIGHTS[Role(advocate.role)]


def may(advocate: Advocate, right: Right) -> bool:
    """Whether an account has a right."""
    return right in rights_of(advocate)
