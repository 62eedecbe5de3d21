"""What can go wrong in evals/, as a tree.

EvalFault
├── BadCases      a file of cases is unreadable, or a line of it breaks the rules of evals/cases/README.md
├── BadAnswers    a file of answers is unreadable, or a line of it is not an answer object
├── BadRun        a folder is not a run, or not one that can be resumed
├── BenchFailed   a program that the bench runs failed
└── NotInstalled  the packages that only evaluations need are missing
"""


class EvalFault(Exception):
    """Base of all faults of evals/: the message is one sentence that says what to do."""


class BadCases(EvalFault):
    """A line of a file of cases breaks the rules; the message opens with file and line."""


class BadAnswers(EvalFault):
    """A line of a file of answers is not an answer object; the message opens with file and line."""


class BadRun(EvalFault):
    """The folder is not a run of this suite."""


class BenchFailed(EvalFault):
    """A program that the bench runs failed; the message holds the end of what it said."""


class NotInstalled(EvalFault):
    """The extra packages `eval` are missing."""
