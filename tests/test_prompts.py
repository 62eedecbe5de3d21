"""The fixed wording: every text that code says exists, every variable of it is filled, and a council's own file is checked."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Template

import pytest

from prompts import keys, listed, prompt, prompt_hash, prompt_names, wording
from tests.conftest import Run
from tests.test_layers import modules, tree

TEXTS: dict[str, dict] = {
    table: texts
    for name in ("wording.toml", "page.toml", "access.toml", "adding.toml")
    for table, texts in tomllib.loads(files("prompts").joinpath(name).read_text(encoding="utf-8")).items()
}


def said() -> list[tuple[str, ast.Call, str | None]]:
    """(module, call, key or None where the key is made up at run time) of every call of wording()."""
    return [
        (path, node, node.args[0].value if isinstance(node.args[0], ast.Constant) else None)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "wording"
    ]


def variables(key: str) -> set[str]:
    table, name = key.split(".")
    return set(Template(TEXTS[table][name]).get_identifiers())


def test_every_text_that_code_says_exists_and_gets_exactly_its_variables() -> None:
    wrong = []
    for path, call, key in said():
        if key is None:
            continue
        given = {keyword.arg for keyword in call.keywords}
        if key not in keys():
            wrong.append((path, key, "does not exist"))
        elif None in given:  # **facts: what the report says of itself
            continue
        elif given != variables(key):
            wrong.append((path, key, f"given {sorted(given)}, needs {sorted(variables(key))}"))
    assert wrong == []
    assert len([key for _, _, key in said() if key]) > 30


REPORT_FACTS = {"authority", "first", "last", "published"}


def test_texts_filled_from_the_report_need_nothing_else() -> None:
    given = [(key, call) for _, call, key in said() if key and any(keyword.arg is None for keyword in call.keywords)]
    wrong = [(key, variables(key) - REPORT_FACTS - {k.arg for k in call.keywords}) for key, call in given]
    assert [(key, left) for key, left in wrong if left] == []
    assert len(given) >= 1


@pytest.mark.parametrize("key", keys())
def test_every_text_fills_its_variables(key: str) -> None:
    table, name = key.split(".")
    if isinstance(TEXTS[table][name], list):
        assert [one for one in listed(key) if not one.strip() or "$" in one] == []
        return
    filled = wording(key, **{variable: "X" for variable in variables(key)})
    assert filled and "$" not in filled and "  " not in filled


def test_an_unknown_key_and_a_missing_variable_are_bugs() -> None:
    with pytest.raises(KeyError):
        wording("answered.nothing")
    with pytest.raises(KeyError):
        wording("answered.side")


def test_a_council_s_own_words_win_and_the_rest_stays(tmp_path: Path, toy_index: dict[str, str], run: Run) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[no_such_passage]\nparagraph = "Nummer $number? Nur $first bis $last."\n', encoding="utf-8")
    settings = toy_index | {"FINDINGS_WORDING": str(own)}
    assert run("ask", "paragraph 99", env=settings).stdout == "Nummer 99? Nur 3 bis 12.\n"
    assert run("ask", "recommendation 9", env=settings).stdout == (
        "There is no recommendation 9. The report makes 2, numbered 1 and 2.\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "No such file or directory"),
        (b"[help\nanswer", "Expected ']'"),
        (b'[help]\nanswer = "\xff"', "utf-8"),
        (b"[helpp]\nanswer = 'x'", "there is no 'helpp'"),
        (b"[help]\nanswr = 'x'", "there is no 'answr'"),
        (b"[help]\nanswer = 'I know $everything.'", "answer has no variable $everything"),
        (b"[help]\nanswer = 'It costs $ 5.'", "answer is not a text with $variables"),
        (b"[help]\nanswer = 5", "answer is not a text with $variables"),
        (b"[start]\nstaff = 'one'", "staff is not a list of texts"),
        (b"help = 'x'", "stands outside a table"),
    ],
)
def test_a_wording_file_that_does_not_fit_is_named_in_one_sentence(
    text: bytes | None, reason: str, tmp_path: Path, toy_index: dict[str, str], run: Run
) -> None:
    own = tmp_path / "own.toml"
    if text is not None:
        own.write_bytes(text)
    ran = run("ask", "paragraph 99", env=toy_index | {"FINDINGS_WORDING": str(own)})
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert ran.stderr.startswith(f"The wording file {own} cannot be used (")
    assert reason in ran.stderr


def test_the_wording_answers_in_json_too(toy_index: dict[str, str], run: Run) -> None:
    answer = json.loads(run("ask", "--json", "paragraph 99", env=toy_index).stdout)
    assert answer["answer"] == wording("no_such_passage.paragraph", number=99, first=3, last=12)


NEEDS = {
    "choose": {"mark", "passages", "question", "wanted", "several", "earlier"},
    "follow_up": {"mark", "earlier", "question"}, "judge_correctness": {"mark", "question", "facts", "answer"},
    "judge_grounding": {"mark", "quotes", "answer"}, "teach": {"mark", "wanted", "most", "form", "sentences"},
    "teach_guide": {"authority", "kinds", "sentences"},
}  # fmt: skip


def test_every_prompt_is_known() -> None:
    assert prompt_names() == sorted(NEEDS)


@pytest.mark.parametrize("name", NEEDS)
def test_every_prompt_fills_its_variables_once(name: str) -> None:
    instructions, message = prompt(name, **{variable: f"$THE_{variable}" for variable in NEEDS[name]})
    left = re.findall(r"\$\{?[a-z]\w*", instructions + message)
    assert left == []
    assert set(re.findall(r"\$THE_(\w+)", instructions + message)) == NEEDS[name]
    with pytest.raises(KeyError):
        prompt(name)


def test_a_prompt_has_a_checksum_of_its_own() -> None:
    assert len({prompt_hash(name) for name in NEEDS}) == len(NEEDS)
