"""The benchmark of reading measures the same essay in each format."""

from index.corpus import read_document
from tests.benchmarks.reading import make_files


def test_each_file_holds_the_same_words_in_the_same_paragraphs() -> None:
    texts = {
        name: read_document(name, content).text
        for name, content in make_files(400).items()
        # Its heading is plain text there, and so taken for the title.
        if name not in ("essay.txt", "essay.md")
    }
    assert len(texts) == 5
    assert len(set(texts.values())) == 1, texts
