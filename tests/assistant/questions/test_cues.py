"""What a question expects and a sentence holds."""

import pytest

from assistant.questions.cues import Cue, find_cue, has_cue

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("When did Pell leave?", Cue.TIME),
        ("In which year was the mill built?", Cue.TIME),
        ("What happened when Pell left?", None),
        ("How many weavers moved?", Cue.NUMBER),
        ("What share of the weavers moved?", Cue.NUMBER),
        ("How did Pell leave?", None),
        ("Why did the mill close?", Cue.REASON),
        ("For what reason did the mill close?", Cue.REASON),
        ("Who followed Pell?", Cue.PERSON),
        ("By whom was Pell followed?", Cue.PERSON),
        ("Which historian blames Pell?", Cue.PERSON),
        ("What became of the man who followed Pell?", None),
        ("Where was Lind born?", Cue.PLACE),
        ("In which old town was Lind born?", Cue.PLACE),
        ("What is the house where Lind lived called?", None),
        ("Who said when Pell would leave?", Cue.PERSON),
        ("", None),
    ],
)
def test_the_wording_tells_what_is_expected(question: str, cue: Cue | None) -> None:
    assert find_cue(question) is cue


@pytest.mark.parametrize(
    ("cue", "holds", "lacks"),
    [
        (Cue.TIME, "Pell left in 1903.", "Pell left 90 carts behind."),
        (Cue.TIME, "Pell left in the spring of the last century.", "Pell may leave in spring."),
        (Cue.NUMBER, "Ninety weavers left.", "Many weavers left."),
        (Cue.REASON, "It closed because the river froze.", "It closed in winter."),
        (Cue.REASON, "Owing to frost, it closed.", "In frost it closed."),
        (Cue.PERSON, "After Pell came Lind.", "After Pell came another."),
        (Cue.PLACE, "Lind was born in Kestrel.", "Lind was born in a mill."),
        (Cue.PLACE, "They moved to the old Harrow.", "They moved on at once."),
    ],
)
def test_a_sentence_holds_what_is_expected(cue: Cue, holds: str, lacks: str) -> None:
    asked = frozenset({"pell"})
    assert has_cue(cue, holds, asked=asked)
    assert not has_cue(cue, lacks, asked=asked)


@pytest.mark.parametrize("cue", [Cue.PERSON, Cue.PLACE])
def test_a_name_of_the_question_is_no_answer(cue: Cue) -> None:
    sentence = "The mill stood in Harrow."
    assert has_cue(cue, sentence, asked=NONE)
    assert not has_cue(cue, sentence, asked=frozenset({"harrow"}))


@pytest.mark.parametrize("cue", list(Cue))
def test_nothing_holds_nothing(cue: Cue) -> None:
    assert not has_cue(cue, "", asked=NONE)
