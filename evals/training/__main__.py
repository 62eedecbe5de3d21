"""Train what is learned from labels and cases, all of it or one part: python -m evals.training all | PART

Parts: questions, intents, sense, conversation, exceptions, structures, documents, behind, ranking, kinds, evidence, decision, in this order. Never from test cases. What is learnt
from a bank is cross-fitted: banks were written by several authors ("voice"); each voice is seen by what was learnt from the others, so
that it is to meet words nobody here has written.
"""

from __future__ import annotations

import argparse

from assistant.assistant import Assistant
from evals.training.conversation import train_conversation
from evals.training.decision import train_decision
from evals.training.documents import train_behind, train_documents, train_structures
from evals.training.evidence import train_evidence
from evals.training.exceptions import train_exceptions
from evals.training.intents import train_intents, train_sense
from evals.training.kinds import train_kinds
from evals.training.questions import train_questions
from evals.training.ranking import train_ranking
from index.store import open_index


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("all", *PARTS))
    for part in PARTS if (what := arguments.parse_args().what) == "all" else (what,):
        print(f"--- {part}", flush=True)
        PARTS[part](Assistant(open_index()))


PARTS = {
    "questions": train_questions,
    "intents": train_intents,
    "sense": train_sense,
    "conversation": train_conversation,
    "exceptions": train_exceptions,
    "structures": train_structures,
    "documents": train_documents,
    "behind": train_behind,
    "ranking": train_ranking,
    "kinds": train_kinds,
    "evidence": train_evidence,
    "decision": train_decision,
}


if __name__ == "__main__":
    main()
