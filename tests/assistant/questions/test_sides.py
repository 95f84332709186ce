"""Which two a question sets side by side."""

import pytest

from assistant.questions.sides import find_sides


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("How did Jonas Pell and Agnes Lind differ over the mill?", ("Jonas Pell", "Agnes Lind")),
        ("How does Pell's view differ from Lind's?", ("Pell", "Lind")),
        ("How did Pell differ from Lind?", ("Pell", "Lind")),
        ("In what was Pell different from the weavers?", ("Pell", "weavers")),
        ("What do Pell and Vey say about bridges?", ("Pell", "Vey")),
        ("How was Pell, unlike the old guild, received in Kestrel?", ("Pell", "old guild")),
        ("Compare Pell with Lind.", ("Pell", "Lind")),
        ("Compare and contrast the mills.", ()),
        ("Why did Pell go to Kestrel with Lind?", ()),
        ("Pell and Lind?", ()),
        ("Did Pell close it?", ()),
        ("", ()),
    ],
)
def test_two_are_set_side_by_side(question: str, sides: tuple[str, ...]) -> None:
    assert find_sides(question) == sides
