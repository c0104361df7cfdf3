"""A mistake that the user can fix, shown as one line, never as a traceback."""


class UserError(Exception):
    """What is wrong, where, and the cure, in one line. The command line prints it and exits with
    status 2.
    """
