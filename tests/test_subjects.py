"""The form of the request must not matter: subjects of the report asked for in many forms lead to the same evidence."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.answer import Answer
from assistant.assistant import Assistant
from index.store import Index

pytestmark = [pytest.mark.weights]

SUBJECTS = (
    "children who go missing", "the police", "schools", "disabled children", "councillors", "foster carers", "child sexual exploitation",
    "unaccompanied asylum-seeking children", "apprenticeships", "care leavers", "adoption", "early help", "neglect", "domestic abuse",
    "private fostering", "special guardianship", "homeless young people", "advocacy", "return home interviews", "strategy discussions",
    "supervision of social workers", "caseloads", "the turnover of staff", "placement stability", "life-story work", "the virtual school",
    "personal education plans", "health assessments", "mental health services for children", "pathway plans", "independent reviewing officers",
    "the corporate parenting board", "court proceedings", "the pre-proceedings stage", "the out-of-hours service", "child protection conferences",
    "the designated officer", "contact with families", "performance management", "complaints",
)  # fmt: skip
FORMS = (
    "What does the report say about {}?", "Tell me about {}", "{}", "what did inspectors find on {}", "{} - what's the position?",
    "I need to know about {}", "findings on {} please", "Can you tell me what Ofsted said about {}?",
)  # fmt: skip
SAME = 0.95  # share of the 320 questions that must lead to the subject's leading evidence
FIRST = 3  # citations of an answer among which the subject's leading sentence must stand


@pytest.fixture(scope="module")
def answers(real_index: Index) -> dict[str, list[Answer]]:
    asked = [(form.format(subject), (), "") for subject in SUBJECTS for form in FORMS]
    found = list(Assistant(real_index).ask_many(asked))
    return {subject: found[at * len(FORMS) : (at + 1) * len(FORMS)] for at, subject in enumerate(SUBJECTS)}


def test_no_form_of_asking_is_refused(answers: dict[str, list[Answer]]) -> None:
    refused = [one.question for found in answers.values() for one in found if one.outcome != "answered"]
    assert len(refused) <= 0.02 * len(SUBJECTS) * len(FORMS), refused


def test_every_form_leads_to_the_same_evidence(answers: dict[str, list[Answer]]) -> None:
    other = []
    for found in answers.values():
        leading = Counter(one.citations[0].passage for one in found if one.citations).most_common(1)[0][0]
        other += [one.question for one in found if leading not in [cited.passage for cited in one.citations[:FIRST]]]
    assert len(other) <= (1 - SAME) * len(SUBJECTS) * len(FORMS), other


WEAKNESSES = ("What needs to improve for {}?", "What are the weaknesses of {}?", "weaknesses of {}", "what is wrong with {}?")
PARTLY = ("care leavers", "adoption", "early help", "foster carers", "health assessments", "child protection conferences", "personal education plans",
          "supervision of social workers")  # fmt: skip


def test_what_needs_to_improve_may_be_asked_in_any_plain_form(real_index: Index) -> None:
    asked = [(form.format(subject), (), "") for subject in PARTLY for form in WEAKNESSES]
    found = list(Assistant(real_index).ask_many(asked))
    for at, subject in enumerate(PARTLY):
        quoted = [{one.quote for one in answer.citations} for answer in found[at * len(WEAKNESSES) : (at + 1) * len(WEAKNESSES)]]
        assert quoted[0] == quoted[1], subject


def test_the_starter_on_care_leavers_names_every_main_weakness(real_index: Index) -> None:
    answer = Assistant(real_index).ask("What needs to improve for care leavers?")
    assert {"70", "71", "72", "75"} <= {one.passage for one in answer.citations}
