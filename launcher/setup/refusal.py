"""The one way in which the launcher ends early: a sentence that names the way out."""


class Refusal(Exception):
    """The command cannot go on; the message says why, where, and what to do about it."""


def disk_full(where: object) -> Refusal:
    """Return what to say when there is no room left at `where`."""
    return Refusal(
        f"the disk that holds {where} is full: free some space there, or choose another place "
        "(a checkout on a larger disk, --data-dir for the line's data), and run this again"
    )
