"""The engine behind every interface: `Assistant.ask(question, history) -> Answer`. The steps of one question are its methods.

read -> understand -> enumerate -> look up -> search -> rank -> weigh -> choose -> decide -> compose. A step ends the processing
by returning a Draft. assistant/batches.py calls the steps in order, for one question and for many; assistant/conversations.py has
the turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from assistant.answer import Answer, Draft, Relation, Turn, citation, report_facts, retrieved, sections_shown
from assistant.answering.choosing import choose, chosen_by_model, joined
from assistant.answering.decision import Decision
from assistant.answering.evidence import Evidence, Weigher
from assistant.answering.overview import PLAINLY, overview
from assistant.answering.pointing import (
    asked_of,
    brings_new,
    item_of,
    leans,
    located,
    more_on,
    one_of,
    pointed,
    shown,
    understood_so_far,
    unquoted,
)
from assistant.answering.premise import corrected
from assistant.answering.ranking import Ranking
from assistant.answering.reranking import Reranker
from assistant.answering.taught import TaughtWeigher
from assistant.batches import TOGETHER, Asked, Batches, Known
from assistant.composing import compose, in_english_only, with_more_asked, with_question_found, without_model
from assistant.lookups.askings import WHOLE, asks_behind, asks_of_document
from assistant.lookups.judgements import beside_the_time, leading, speaks_of
from assistant.lookups.links import Links
from assistant.lookups.lookup import look_up
from assistant.lookups.structure import all_recommendations, enumerate_as, enumerate_structure, searches_words
from assistant.question.conversation import CONSIDERED, LEANING, POINTERS, POINTING, Candidate, understood, weighed
from assistant.question.exclusions import excepted
from assistant.question.intents import AT_RISK, ended, in_another_language, is_unclear, unclear
from assistant.question.kinds import NAMES as QUESTION_KINDS
from assistant.question.kinds import PLAIN_FORMS, by_direction, of_later, packaged
from assistant.question.reader import NONSENSE, Message, read
from assistant.question.references import references, without_references
from assistant.question.understanding import SUBJECTS, Query, Understanding, asks_plainly
from assistant.question.vectors import Vectors, between
from assistant.words.glossary import Glossary
from index.search import Found, Searcher
from index.store import Index, open_index
from index.vectors.embedding import DEFAULT_MODEL
from prompts import wording

if TYPE_CHECKING:
    from assistant.model.chooser import Chooser

AT_RISK_FOLLOWING = 0.5  # probability from which a message that leans on an earlier question says that somebody is at risk
UNARGUED = ("council", "later", "year")  # vetoes that settle the answer, so that no model is asked
COURTESY = 4  # words of a thank you or a goodbye at most, after an earlier question
CLOSING = ("thanks", "greeting", "bye")  # intents of messages that never lean on an earlier question
NAMING = 3  # words beside a passage that is named, up to which a message only names it
ITEM = 12  # words of a message that may point at one of several things shown
OTHERS = 3  # further questions that a message may stand for, asked where the likeliest one brings nothing new


class Assistant:
    """Answers questions about the report of one index in the report's own sentences. Recent questions stay in memory.

    With a `chooser`, a language model chooses among the sentences found (assistant/model/chooser.py).
    """

    def __init__(self, index: Index | None = None, chooser: Chooser | None = None) -> None:
        """Raises NoUsableIndex when no index is given and none can be opened."""
        self.index = index or open_index()
        self.chooser = chooser
        self.searcher = Searcher(self.index)
        self.understanding = Understanding(self.index.report, Glossary.packaged())
        self.ranking = Ranking(self.index)
        self.weigher = Weigher(self.index)
        self.taught = TaughtWeigher(self.index, self.ranking, self.weigher) if self.index.teaching is not None else None
        self.reranker = Reranker(self.index)
        self.decision = Decision(self.index)
        # kept: a part is understood once to encode its text and again to search
        self._within = lru_cache(maxsize=4 * TOGETHER)(self.understanding.understand)
        self.vectors = Vectors(self.index)
        self.learnt = self.index.model == DEFAULT_MODEL  # what was learned on vectors knows those of no other model
        self._batches = Batches(self)

    @cached_property
    def links(self) -> Links:
        return Links.of(self.index)

    def ask(self, question: str, history: Sequence[str] = (), identity: str = "") -> Answer:
        """Answer one question; `history` holds the user's earlier questions, oldest first. Raises BadQuestion."""
        self.vectors.forget()  # nothing of a question is kept for the next one
        return self._batches.answer((question, history, identity))

    def ask_many(self, questions: Iterable[Asked]) -> Iterator[Answer]:
        """Answers to (question, history, id), in order. Raises BadQuestion."""
        return self._batches.answers(questions)

    def foresee(self, history: Sequence[str]) -> None:
        """Answer a conversation's earlier questions in advance, so that its next one is quick."""
        self._batches.foresee(history)

    @property
    def seconds(self) -> float:
        """The model's time limit for one question, in seconds; 0 without one."""
        return self.chooser.seconds if self.chooser is not None else 0.0

    def left(self, identity: str) -> None:
        """Stop asking the model for the question with this id: whoever asked it has left."""
        if self.chooser is not None:
            self.chooser.cancel(identity)

    # ---- 1: read and understand --------------------------------------------------------------------------------

    def read(self, messages: Sequence[str]) -> list[Message]:
        """What each message asks."""
        words = self.understanding
        return read(messages, self.vectors.of, self.vectors.near, words.is_english, words.speller.repaired, learnt=self.learnt)

    def query(self, question: str, message: Message, turns: tuple[Turn, ...]) -> Query:
        """The query that a message stands for, after the questions before it."""
        before = understood_so_far(turns)
        typed = [turn.question for turn in turns]
        repaired = self.understanding.speller.repaired
        relation, (best, *rest) = self._after(repaired(message.questions[0]), before, typed)
        said = repaired(question if len(question.split()) <= ITEM else message.text)  # "The third. How was it in 2015?"
        text = best.text
        if relation != "new":
            relation, text = pointed(self.index, said, relation, text, turns, self.vectors.near)
        focus = tuple(passage for passage, _ in shown(turns)) if relation == "more" else ()
        query = self.understanding.understand(question, text, relation, tuple(dict.fromkeys(focus)))
        if len(message.questions) < 2:
            if query.relation in LEANING and (meant := self.vectors.meant([(repaired(message.questions[0]), typed)])) is not None:
                query = replace(query, meant=meant[0])
            return replace(query, others=tuple(one.text for one in rest[:OTHERS])) if text == best.text else query
        parts = [query.text]
        for asked in message.questions[1:]:
            parts.append(self._within(self._after(asked, parts[-1:])[1][0].text).text)
        return replace(query, text="; ".join(parts), parts=tuple(parts), asked=message.questions)

    def _after(self, text: str, before: Sequence[str], typed: Sequence[str] = ()) -> tuple[Relation, list[Candidate]]:
        """How a text leans on earlier questions (as understood, and as typed), and the questions that it may stand for, likeliest
        first.
        """
        if not leans(text, before):
            return "new", [Candidate(text, "alone", back=0)]
        meant = self.vectors.meant([(text, typed)]) if typed else None
        one = weighed(text, before[-CONSIDERED:], self.vectors.near, SUBJECTS)
        relation, chosen = understood(one, learnt=self.learnt, meant=None if meant is None else meant[0])
        return relation, [Candidate(text, "alone", back=0)] if relation == "new" else chosen

    def completed(self, query: Query, turns: tuple[Turn, ...], identity: str) -> Query:
        """A follow-up as the model completes it, understood anew; any other query as it is."""
        if self.chooser is None or query.relation in ("new", *POINTING):
            return query
        text = self.chooser.completed(query.question, [turn.question for turn in turns], identity)
        return self.understanding.understand(query.question, text, query.relation, query.focus)

    def searched_by(self, query: Query) -> list[str]:
        """The texts to encode for a query: its own, or those of its parts, which rarely need the whole."""
        return [text for part in query.parts for text in self.searched_by(self._within(part))] if query.parts else [query.text]

    # ---- 2 to 4: end, enumerate, look up -----------------------------------------------------------------------

    def without_search(self, query: Query, message: Message, turns: tuple[Turn, ...]) -> Draft | None:
        """The draft that needs no search: other language, risk, courtesy, passages shown or named, structure, no question."""
        report = self.index.report
        if message.language:
            return in_another_language(message.language)
        rest = without_references(message.text).split() if query.references else []
        named = bool(query.references) and len(rest) <= NAMING and not message.text.isdecimal()  # "paragraph 999" calls nobody
        # "search for 'county lines'" calls nobody either, unless it surely tells of risk
        if message.intent in AT_RISK and message.risk < AT_RISK_FOLLOWING:
            named = named or searches_words(message.text) or self._of_document(query, {}) != "none"
        if message.intent in AT_RISK and not named and not (query.follows and message.risk < AT_RISK_FOLLOWING):
            return ended(message.intent, report)
        if query.follows and message.intent in CLOSING and len(message.text.split()) <= COURTESY:
            return ended(message.intent, report)
        if query.relation == "place":
            return located(self.index, shown(turns))
        picked = item_of(self.index, query.question, turns) if query.relation == "item" else None
        if picked is not None and asked_of(query.question, picked, report) is None:
            return one_of(picked)
        if query.parts or query.relation == "more":
            return None
        found = self._looked_up(query)
        # "la la la" after a question would have that one answered again; "¶ 63" names a passage itself
        if message.nonsense >= NONSENSE and (found is None or not references(query.question)):
            return unclear(wording("unclear.answer"))
        if found is not None or query.follows:
            return found
        if is_unclear(message.intent) and self._of_document(query, {}) != "none":  # "tl;dr"
            return None
        return ended(message.intent, report) or (None if turns else self._pointless(query))

    def _looked_up(self, query: Query) -> Draft | None:
        """What the report's structure, or passages named by number, answer."""
        report = self.index.report
        return enumerate_structure(report, self.links, query.text, self._asks_behind(query)) or look_up(
            report, query.references, query.text
        )

    def _asks_behind(self, query: Query) -> bool:
        """Whether a question that names a recommendation asks for what it rests on."""
        if not any(one.kind == "recommendation" for one in query.references) or not without_references(query.text).strip(" ?.!"):
            return False
        vector = self.vectors.of([query.text])[0] if self.learnt else None
        return asks_behind(query.text, vector)

    def _pointless(self, query: Query) -> Draft | None:
        """ "Is it any good?" with nothing before it: what "it" is cannot be told."""
        said = {word for word in query.text.casefold().replace("?", " ").split()}
        return unclear(wording("unclear.nothing_before")) if said & POINTERS and not query.topic else None

    # ---- 5 to 9: search, rank, weigh, choose, decide ----------------------------------------------------------

    def searched(
        self, query: Query, turns: tuple[Turn, ...], known: Known, identity: str | None = None
    ) -> tuple[Query, Draft, tuple[Found, ...]]:
        """The query that was answered (a message may stand for several), its draft, and what was found for each part. `known`:
        texts already encoded and compared. A model chooses only with an `identity`.
        """
        query, draft, found = self._searched(query, turns, known)
        if self.chooser is not None and identity is not None:
            draft = self._by_model(self.chooser, query, turns, draft, found, identity)
        return query, draft, found

    def _searched(self, query: Query, turns: tuple[Turn, ...], known: Known) -> tuple[Query, Draft, tuple[Found, ...]]:
        """The rest of the walk by code alone."""
        if query.relation == "more" and turns:
            return query, *self._more(query, turns, known)
        if query.parts:
            parts = [self._part(self._within(part), len(query.parts), known) for part in query.parts]
            if any(draft.outcome == "answered" for draft, _ in parts):
                return query, joined(query, [draft for draft, _ in parts]), tuple(found for _, found in parts if found)
        draft, found = self._one(query, known)
        if query.others and not brings_new(draft, turns):
            for text in query.others:
                other = replace(self.understanding.understand(query.question, text, query.relation), meant=query.meant)
                tried, hits = self._one(other, known)
                if brings_new(tried, turns):
                    return other, tried, (hits,)
        return query, draft, (found,)

    def _part(self, query: Query, among: int, known: Known) -> tuple[Draft, Found | None]:
        """One of several questions asked at once: of the structure, by number, or of the text."""
        draft = self._looked_up(query)
        return (draft, None) if draft is not None else self._one(query, known, among)

    def _one(self, query: Query, known: Known, among: int = 1) -> tuple[Draft, Found]:
        """A question that asks for one thing: search, weigh, choose, decide, and mind what it takes for granted."""
        rest, left_out = excepted(query.text)
        asked = "none" if left_out else self._of_document(query, known)
        if asked in WHOLE:
            return self._overview(query, asked, known)
        if asked != "none" and (draft := enumerate_as(self.index.report, self.links, query.text, asked)) is not None:
            return draft, self._found(query, known)
        if left_out:
            query = replace(self._within(rest), question=query.question, relation=query.relation, focus=query.focus)
        found = self._found(query, known)
        evidence = self.evidence(query, found)
        of_all = evidence.kind == "recommendations" and query.relation == "new" and not query.topic and not left_out
        if of_all and (every := all_recommendations(self.index.report)) is not None:  # "give me the recommendations in short"
            return every, found
        if left_out:
            evidence = self._without(evidence, left_out)
        if beside := beside_the_time(self.index.report, query.text):
            evidence = self._but(evidence, [passage.id in beside for passage in self.index.report.passages])
        chosen = choose(query, found, evidence, self.vectors.of, self.understanding.glossary, among)
        return self._led(query, self._corrected(query, self.decision.draft(query, found, evidence, chosen))), found

    def _of_document(self, query: Query, known: Known) -> str:
        """What a question asks of the document as a whole."""
        if query.references or not self.learnt or self.decision.vetoes.of(query) is not None:
            return "none"
        vector = known[query.text][0] if query.text in known else self.vectors.of([query.text])[0]
        return asks_of_document(query.text, vector)

    def _overview(self, query: Query, asked: str, known: Known) -> tuple[Draft, Found]:
        """The answer to a question about the document as a whole, however it is worded."""
        plain = self._within(PLAINLY[asked])
        found = self._found(plain, known)
        evidence = self.evidence(plain, found)
        sections = overview(self.index, evidence, asked, query.text)
        return self.decision.stated(query, sections, self.decision.decide(plain, found, evidence)), found

    def _led(self, query: Query, draft: Draft) -> Draft:
        """The draft, opened with the judgements that answer the question exactly, where there are such."""
        first = leading(self.index.report, query.text)
        if not first or "premise_contradicted" in draft.notes:
            return draft
        rest = [
            replace(one, statements=tuple(s for s in one.statements if s.passage.kind != "judgement")) for one in draft.sections
        ]
        return replace(
            draft, outcome="answered", opening=None, nearest=(), sections=(*first, *(one for one in rest if one.statements))
        )

    def _found(self, query: Query, known: Known) -> Found:
        """One search, ranked."""
        vector, compared = known.get(query.text) or (self.vectors.of([query.text])[0], None)  # not foreseen
        if query.meant is not None:  # both are guesses at the complete question
            vector, compared = between(vector, query.meant), None
        return self.ranking.rank(query, self.searcher.search(query.search, vector, compared))

    def _but(self, evidence: Evidence, passages: Sequence[bool]) -> Evidence:
        """The evidence without the sentences of these passages."""
        out = np.array(passages)[[sentence.passage for sentence in self.index.sentences]]
        return replace(evidence, probabilities=np.where(out, 0.0, evidence.probabilities).astype(np.float32))

    def evidence(self, query: Query, found: Found) -> Evidence:
        """The kind of question, and the probability of each sentence that it belongs in the answer."""
        return self.reranker.rerank(query.text, self.weighed(query, found))

    def weighed(self, query: Query, found: Found) -> Evidence:
        """The evidence before a cross-encoder reranks it."""
        kinds = by_direction(query.text, packaged().probabilities(query.text, found.vector if self.learnt else None))
        if query.relation in LEANING:
            kinds = of_later(kinds)
        if self.taught is not None:
            return self.taught.weigh(query, found, self.searcher.weights, kinds)
        form = PLAIN_FORMS.get(QUESTION_KINDS[int(kinds.argmax())])
        # a subject's weaknesses or strengths lead to the same evidence in every plain form
        if form and self.index.evidence is not None and not query.follows and asks_plainly(query):
            found = self._found(self._within(form.format(query.topic)), {})
            kinds = packaged().probabilities(form.format(query.topic), found.vector if self.learnt else None)
        return self.weigher.weigh(found, kinds)

    def _without(self, evidence: Evidence, thing: str) -> Evidence:
        """The evidence without sentences about a thing that the question leaves out."""
        passages = self.index.report.passages
        about = [speaks_of(passages[one.passage], one.text, thing) for one in self.index.sentences]
        return replace(evidence, probabilities=np.where(about, 0.0, evidence.probabilities).astype(np.float32))

    def _corrected(self, query: Query, draft: Draft) -> Draft:
        return draft if query.follows else corrected(query.text, draft, self.index.report)

    def _more(self, query: Query, turns: tuple[Turn, ...], known: Known) -> tuple[Draft, tuple[Found, ...]]:
        """What else the report says on what was asked last: nothing that was quoted in this conversation."""
        behind = enumerate_structure(self.index.report, self.links, query.text, behind=True) if query.references else None
        if behind is not None and (draft := unquoted(behind, turns)).sections:  # a recommendation: the findings behind it
            return draft, ()
        text = query.text
        if query.references and query.focus:  # a passage by its number: its first sentence says what it is about
            text = self.index.report.passages[self.index.positions[query.focus[0]]].sentences[0]
        query = replace(self._within(text), relation="more", focus=query.focus)
        found = self._found(query, known)
        return more_on(self.index, self.evidence(query, found), turns), (found,)

    def _by_model(
        self, chooser: Chooser, query: Query, turns: tuple[Turn, ...], draft: Draft, found: tuple[Found, ...], identity: str
    ) -> Draft:
        """The draft with the sentences that a model chooses among those found, or as it is where the model failed or is not
        asked.
        """
        if not found or query.relation == "more" or self.decision.vetoes.of(query) in UNARGUED:
            return draft
        earlier = tuple(turn.question for turn in turns) if query.follows else ()
        cited = [self.index.positions[statement.passage.id] for statement in draft.statements]
        hits = [[self.index.positions[hit.passage.id] for hit in one.hits(chooser.passages)] for one in found]
        ranked = [*cited, *(at for level in zip_longest(*hits) for at in level if at is not None)]
        evidence = self.evidence(query, found[0])
        kind = "compound" if query.parts else evidence.kind
        choice = chooser.choose(self.index, query.text, kind, query.parts, earlier, ranked, identity)
        if choice is None:
            return without_model(draft)
        verdict = self.decision.decide(query, found[0], evidence).with_word(choice.stated)
        if not choice.stated:
            return replace(self.decision.unstated(query, found[0], verdict), chosen_by="model")
        sections = chosen_by_model(self.index, query, kind, choice.groups, self.vectors.of, self.understanding.glossary)
        return replace(self._corrected(query, self.decision.stated(query, sections, verdict)), chosen_by="model")

    # ---- 10: compose -------------------------------------------------------------------------------------------

    def composed(
        self, message: Message, query: Query, draft: Draft, found: tuple[Found, ...], identity: str, seconds: float
    ) -> Answer:
        """The answer in words, every quote compared with its passage once more."""
        if message.found and draft.outcome in ("answered", "not_stated"):
            draft = with_question_found(draft, query.asked or (query.text,))
        if message.in_english:
            draft = in_english_only(draft)
        if message.beyond:
            draft = with_more_asked(draft, len(message.questions))
        report = self.index.report
        ranked = tuple(map(retrieved, found[0].hits() if found else ()))
        return Answer(
            id=identity, question=query.question, understood=query.text, outcome=draft.outcome,
            confidence=None if draft.confidence is None else round(draft.confidence, 4),
            answer=compose(draft), citations=tuple(citation(s, report) for s in draft.statements), sections=sections_shown(draft),
            suggestions=draft.suggestions, nearest=tuple(citation(s, report) for s in draft.nearest), retrieved=ranked, notes=draft.notes,
            mode=draft.chosen_by, report=report_facts(report, self.taught is not None), seconds=round(seconds, 5),
        )  # fmt: skip
