"""Rules on what turns a sentence: denials, limits, demands, proportions, opposites and causes must be the report's. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.grounds import Grounds
from assistant.lexicon import Lexicon
from assistant.phrases import entries, words_of
from assistant.reading import GENERAL, SCOPE, TURNS, Mark, Reading, idiomatic, lowering

SURELY = 3  # words in common from which a sentence of the passage speaks of the same
OWN_WORDS = 0.6  # share of its words that a sentence has from the report before their order tells anything


def wrong_causes(read: Reading, near: Sequence[Reading], lexicon: Lexicon) -> bool:
    """A cause is told where no one sentence of the report tells one of both what causes and what is caused."""
    causes = entries("causes")
    telling = [one.content_stems for one in near if one.phrases({"held": causes["held"]})]
    everything = frozenset().union(*(one.content_stems for one in near))
    for kind, start, end in read.phrases({"idiom": entries("idioms")["plain"], "said": causes["said"]}):
        cause, effect = _sides(read, start, end)
        same = [one.content_stems for one in near if one.phrases({"same": [" ".join(read.tokens[start:end])]})]
        told = any(_touches(cause, held, lexicon) and _touches(effect, held, lexicon) for held in telling)
        # "..., and this means that ...": what "this" stands for is in another sentence
        told = told or (_touches(cause, everything, lexicon) and any(_touches(effect, held, lexicon) for held in same))
        if kind == "said" and not told:
            return True
    return False


def _sides(read: Reading, start: int, end: int) -> tuple[frozenset[str], frozenset[str]]:
    """The content words on both sides of a word of cause; of "Because ..., ..." those before and behind the comma."""
    if not any(at < start for at, _ in read.content) and "," in read.tokens[end:]:
        start = end = read.tokens.index(",", end)
    return frozenset(one for at, one in read.content if at < start), frozenset(one for at, one in read.content if at >= end)


def _touches(side: frozenset[str], held: frozenset[str], lexicon: Lexicon) -> bool:
    return any(lexicon.supported(one, held) for one in side - GENERAL - lexicon.light) or not side - GENERAL - lexicon.light


def roles_swapped(read: Reading, core: Sequence[Reading], lexicon: Lexicon) -> bool:
    """What stands before a word in the report stands behind it in the sentence, and the other way round: who does what to whom."""
    parties = lexicon.subject_words | GENERAL
    for source in core:
        shared = read.content_stems & source.content_stems
        once = {one for one in shared if sum(one == other for text in (read, source) for _, other in text.content) == 2}
        if _passive(read) != _passive(source) or len(shared) < OWN_WORDS * len(read.content_stems):
            continue
        for at, pivot in read.content:
            if pivot in parties:
                continue
            for place in (place for place, one in source.content if one == pivot):
                before, behind = _around(read, at)
                theirs_before, theirs_behind = _around(source, place)
                moved = (before & theirs_behind) - theirs_before - behind
                back = (behind & theirs_before) - theirs_behind - before
                if once & moved & parties and once & back & parties:
                    return True
    return False


def _around(reading: Reading, at: int) -> tuple[frozenset[str], frozenset[str]]:
    """The content words of a stretch before and behind a place, as many as a mark reaches."""
    own = [(place, one) for place, one in reading.content if reading.spans[place] == reading.spans[at]]
    before = [one for place, one in own if place < at][-SCOPE:]
    return frozenset(before), frozenset([one for place, one in own if place > at][:SCOPE])


def _passive(reading: Reading) -> bool:
    return "by" in reading.tokens


def wrong_proportions(read: Reading, near: Sequence[Reading]) -> bool:
    """A word of proportion is of a class that the sentences it rests on do not use."""
    held = {kind for one in near for kind in one.proportions}
    plural = set(entries("plural")["classes"]) if not held else set()
    hints = {kind for one in near for kind in (*_hinted(one), *_counted(one))}
    stands = entries("stands_for")
    if any(mark.kind == "negative" for one in near for mark in one.marks):
        held |= set(entries("denied")["classes"])
    return any(kind not in held | plural | hints and not held & set(stands.get(kind, ())) for kind in read.proportions)


def _hinted(source: Reading) -> set[str]:
    """The classes that a sentence of the report bears out without a word of proportion: "a shortage" for "few"."""
    return {kind for kind, phrases in entries("bears_out").items() if source.phrases({kind: phrases})}


def _counted(source: Reading) -> set[str]:
    """The classes that its percentages bear out."""
    shares = [float(one.value) + ("over" in one.bounds) for one in source.numbers if one.unit == "%"]
    return {kind for share in shares for kind in (("most", "many") if share > 50 else ("some", "few"))}


def wrong_opposites(read: Reading, near: Sequence[Reading], core: Sequence[Reading], lexicon: Lexicon) -> bool:
    """A word is the opposite of what the report says, and no sentence that is as near says the same as it."""
    denied = {s for mark in read.marks if mark.kind in ("negative", "modal") for s in mark.scope}
    denied |= {s for one in near for s in _denied(one)}
    counted = {one.at for one in read.numbers}
    bounds = {
        at
        for _, start, end in read.phrases(entries("bounds"))
        if counted & set(range(start - 2, end + 3))
        for at in range(start, end)
    }
    shared = [(len(read.content_stems & one.content_stems), one.plain_stems) for one in near]
    meant = {s for at, s in enumerate(read.stems) if at not in bounds and not idiomatic(read, at) and not _of_degree(read, at)}
    for word in meant - denied - {one for source in core for one in source.plain_stems}:
        for own, other in lexicon.opposites.get(word, ()):
            if other & read.plain_stems:
                continue  # both are said: "a fifth more social workers in smaller teams"
            against = [count for count, stems in shared if other & stems and not other & stems & denied]
            agreeing = [count for count, stems in shared if own & stems]
            if agreeing and against and max(against) > max(agreeing):
                return True
            said = any(other & one.plain_stems and not other & one.plain_stems & denied for one in core)
            if not agreeing and (said or max(against, default=0) >= SURELY):
                return True
    return False


def _of_degree(read: Reading, at: int) -> bool:
    """Whether "enough" says how early or how clear something is, not how much of it there is."""
    before = read.tokens[at - 1] if at else ""
    return read.tokens[at] == "enough" and (
        before.endswith("ly") or before in ("soon", "fast", "long", "well", "good", "clear", "hard", "strong")
    )


_LIMITED = ("most", "many", "some", "few", "often", "rarely")  # the classes of proportion that limit


_ANSWERED_BY = {
    "negative": ("negative", "modal", "limit"),
    "modal": ("modal", "wide", "negative"),
    "wide": ("modal", "wide", "negative"),
    "limit": ("limit", "negative"),
    "exception": ("exception",),
}


def _answered(mark: Mark, read: Reading, touched: Sequence[int], source: Reading) -> bool:
    """Whether a sentence holds, near the words that a mark of the report reaches, a word that does what the mark does.

    A word that the report's sentence has too, and not as such a mark, does nothing.
    """
    answers = entries("answers")
    places = read.spans if mark.kind == "limit" else read.clauses
    clauses = {places[at] for at in touched}
    setting = _setting(_ANSWERED_BY[mark.kind], much=mark.kind == "limit")
    soft = [*answers[mark.kind], *(answers["modal"] if mark.kind == "wide" else ())]
    if mark.kind == "limit":
        soft += [phrase for kind in _LIMITED for phrase in entries("proportions")[kind]]
    own = source.tokens[mark.start : mark.end]
    for kind, start, end in read.phrases({"hard": setting, "soft": soft}):
        said = read.tokens[start:end]
        if places[start] in clauses and any(said[at : at + len(own)] == own for at in range(len(said))):
            return True
        if places[start] not in clauses or set(read.stems[start:end]) & set(mark.scope):
            continue
        if kind == "soft" and said != own and any(said == source.tokens[at : at + len(said)] for at in range(len(source.tokens))):
            continue
        if mark.kind != "limit" or _may_stand(said, own):
            return True
    return mark.kind == "negative" and any(
        places[at] in clauses and lowering(read.tokens[at]) and read.stems[at] not in source.stems for at, _ in read.content
    )


def _may_stand(said: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether one limiting phrase may stand for another: of the same class, of a class that may, or of none."""
    table, stands = entries("proportions"), entries("stands_for")
    ours, theirs = ({kind for kind, phrases in table.items() if phrase in words_of(phrases)} for phrase in (said, own))
    return not ours or not theirs or bool(ours & theirs) or any(theirs & set(stands.get(kind, ())) for kind in ours)


def mark_dropped(read: Reading, grounds: Grounds, lexicon: Lexicon) -> bool:
    """The report denies, limits, asks for or dates something, and the sentence says it plainly.

    Words that the quoted sentences hold are not taken for those of another sentence of the passage.
    """
    core, quoted = ({one.text for one in readings} for readings in (grounds.core, grounds.quoted))
    explained = {one for source in grounds.quoted for one in source.content_stems}
    for source in grounds.near:
        free = _outside(source)
        own = explained if source.text not in quoted else frozenset()
        for mark in source.marks:
            touched = [at for at, one in read.content if one not in own and _reached(one, mark.scope, source, core, lexicon)]
            first = [at for at in touched if _reached(read.stems[at], mark.scope[:1], source, core, lexicon)]
            if mark.kind == "limit" and len(mark.scope) == 1 and len(read.content_stems) > 2 * SCOPE:
                continue  # a limit on one word of a long sentence tells too little
            if mark.kind == "limit":
                hit = len({read.stems[at] for at in touched}) >= min(2, len(mark.scope)) and bool(first)
            else:
                hit = bool(first) or len({read.stems[at] for at in touched}) >= 2
            if mark.kind == "wide":
                hit = len({read.stems[at] for at in touched}) >= 3
            few = len({read.stems[at] for at in touched}) < 2
            if not hit or (few and (mark.scope[0] in free or source.text not in core)):
                continue
            if not _answered(mark, read, touched, source):
                return True
    return False


def _reached(word: str, scope: Sequence[str], source: Reading, core: set[str], lexicon: Lexicon) -> bool:
    """Whether a word is one that a mark reaches, or in a sentence of the core stands for one that its sentence has not itself."""
    if word in scope:
        return True
    return (
        source.text in core
        and word not in source.stems
        and word not in lexicon.light
        and lexicon.supported(word, frozenset(scope))
    )


def _setting(kinds: Sequence[str], much: bool = False) -> list[str]:
    """The phrases of some kinds of mark; unless `much`, without those that say there is much of something and deny nothing."""
    return [phrase for kind in kinds for phrase in entries("marks")[kind] if much or phrase not in ("often", "many", "too many")]


def denial_dropped(read: Reading, quotes: Sequence[str]) -> bool:
    """A quote denies, and the sentence holds no word that does so in any way."""
    likest = [max(Reading(quote).stretches, key=lambda one: len(read.content_stems & one.content_stems)) for quote in quotes]
    denied = any(mark.kind == "negative" for one in likest for mark in one.marks)
    answers = [*entries("answers")["negative"], *_setting(("negative", "modal", "limit"))]
    return denied and not read.phrases({"said": answers}) and not any(lowering(token) for token in read.tokens)


def adverb_undenied(read: Reading, core: Sequence[Reading]) -> bool:
    """What the report says is "not routinely" or "not always" done, the sentence says is routinely or always done."""
    denying = {phrase for kind in ("marks", "answers") for phrase in entries(kind)["negative"] if " " not in phrase}
    for source in core:
        denied = {stem for before, stem in _adverbs(source) if "not" in before[-1:]}
        plain = {stem for before, stem in _adverbs(source) if "not" not in before[-1:]}
        if any(stem in denied - plain and not denying & set(before) for before, stem in _adverbs(read)):
            return True
    return False


def _adverbs(reading: Reading) -> list[tuple[tuple[str, ...], str]]:
    """(the tokens shortly before it, its stem) of every adverb of manner or frequency."""
    return [
        (reading.tokens[max(0, at - 4) : at], reading.stems[at])
        for at, token in enumerate(reading.tokens)
        if token == "always" or (token.endswith("ly") and len(token) > 5)
    ]


def _outside(source: Reading) -> frozenset[str]:
    """Stems of a sentence that stand outside the reach of every mark of it, at least once."""
    reached = {
        at
        for mark in source.marks
        for at, one in source.content
        if at >= mark.end and one in mark.scope and source.clauses[at] == source.clauses[mark.end - 1]
    }
    return frozenset(one for at, one in source.content if at not in reached)


def negation_added(read: Reading, near: Sequence[Reading], core: Sequence[Reading], lexicon: Lexicon) -> bool:
    """The sentence denies what the report does not deny: nothing near is in doubt, or what it denies is told plainly."""
    denials = [mark for mark in read.marks if mark.kind == "negative"]
    if not denials:
        return False
    reached = {one for source in near for one in _doubted(source)}
    plain = {one for source in core for one in source.content_stems} - reached
    soft = any(source.phrases({"negative": entries("answers")["negative"]}) or _lowered(source) for source in near)
    for mark in denials:
        if read.tokens[mark.start] in ("neither", "nor") and reached:
            continue
        said = [one for one in mark.scope if (one in reached or one in plain) and one not in lexicon.light]
        if not reached and not soft:
            return True
        if said and mark.scope[0] in plain and not any(one in reached for one in said):
            return True
    return False


def _denied(source: Reading) -> set[str]:
    """Stems of a sentence that stand after a denial in its clause, however far, and those a demand reaches."""
    found = {one for mark in source.marks if mark.kind == "modal" for one in mark.scope}
    for mark in source.marks:
        if mark.kind == "negative":
            found |= {s for at, s in source.content if at >= mark.end and source.clauses[at] == source.clauses[mark.end - 1]}
    return found


def _doubted(source: Reading) -> frozenset[str]:
    """Stems of a sentence that stand after a denial, a limit or a demand, up to a turn or the end."""
    found: set[str] = set()
    for mark in source.marks:
        if mark.kind == "limit" and source.tokens[mark.start : mark.end] in (("most",), ("majority",), ("many",)):
            continue
        for at, one in source.content:
            if at >= mark.end and not TURNS & set(source.tokens[mark.end : at]):
                found.add(one)
    return frozenset(found)


def _lowered(source: Reading) -> bool:
    return any(lowering(source.tokens[at]) for at, _ in source.content)


_RECOMMENDING = {
    "recommending": tuple(
        "should|must|need to|needs to|needed|needs improving|ought|has to|have to|require|requires|required|recommend|recommends|recommended|"
        "recommendation|recommendations|ask|asks|asked|tell|tells|told|urge|urges|urged|advise|advises|advised|want|"
        "wants|wanted|call|calls|called|expect|expects|expected|priority|necessary".split("|")
    )
}
_ORDERS = ("ensure", "make", "improve", "develop", "see")  # that open a sentence: "Ensure that ..."


def recommended_as_fact(read: Reading, kinds: frozenset[str]) -> bool:
    """What the report only recommends is told as if it were so."""
    return kinds == {"recommendation"} and read.tokens[:1] not in [(one,) for one in _ORDERS] and not read.phrases(_RECOMMENDING)
