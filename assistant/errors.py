"""Errors of assistant/ whose message a user sees (NotCovered: assistant/briefing/subject.py).

AssistantFault
├── BadQuestion      the question cannot be asked (empty, too long, not text)
├── UnusableSetting  a setting of the language model is invalid (assistant/model/settings.py)
└── ModelFault       a configured language model failed (assistant/model/chooser.py)
"""


class AssistantFault(Exception):
    """Base of the faults of assistant/: the message is a sentence for the user."""


class BadQuestion(AssistantFault):
    """The question is empty, too long or not text."""


class UnusableSetting(AssistantFault):
    """A setting of the language model makes no sense."""


class ModelFault(AssistantFault):
    """The configured model failed."""
