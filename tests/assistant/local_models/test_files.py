import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ModelFileError
from assistant.local_models.files import Tensor, read_header
from tests.assistant.gguf_files import ARRAY, LLAMA, STRING, U32, head, make_gguf, tensor, text

WHOLE = make_gguf(tensors=[tensor("blk.0.attn_q.weight", (64, 64), type_id=12)], rest=b"w" * 64)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.gguf"


def test_entries_lengths_and_tensors_are_read(path: Path) -> None:
    path.write_bytes(WHOLE)
    header = read_header(path)
    assert header.values["general.architecture"] == "llama"
    assert header.values["llama.block_count"] == 2
    assert header.lengths == {"tokenizer.ggml.tokens": 3, "tokenizer.ggml.merges": 1}
    assert header.tensors == (Tensor(name="blk.0.attn_q.weight", shape=(64, 64), type_id=12),)
    assert header.size_bytes == len(WHOLE)


def test_of_long_texts_and_arrays_the_beginning_is_kept(path: Path) -> None:
    path.write_bytes(make_gguf({"t": "x" * 9000, "n": list(range(5000))}))
    header = read_header(path)
    assert header.values["t"] == "x" * 200
    assert header.values["n"] == tuple(range(1024))
    assert header.lengths["n"] == 5000


HOSTILE = {
    "no GGUF file": (b"PK\x03\x04" + b"\0" * 60, "does not begin with 'GGUF'"),
    "empty": (b"", "ends before the 4 bytes"),
    "another version": (head(version=9), "its version is 9; 2 and 3 work"),
    "a huge number of entries": (head(n_entries=2**60), "claims 1,152,921,504,606,846,976 entries"),
    "a huge number of tensors": (head(n_tensors=2**60), "tensors; at most"),
    "a key longer than the file": (
        head(n_entries=1) + struct.pack("<Q", 200) + b"short",
        "ends before the 200 bytes",
    ),
    "a key of 2**63 bytes": (head(n_entries=1) + struct.pack("<Q", 2**63), "bytes of text"),
    "a text longer than the file": (
        head(n_entries=1) + text("k") + struct.pack("<IQ", STRING, 2**19),
        "ends before the 524,288 bytes",
    ),
    "an unknown type": (head(n_entries=1) + text("k") + struct.pack("<I", 99), "unknown type 99"),
    "an array of 2**40 numbers": (
        head(n_entries=1) + text("k") + struct.pack("<IIQ", ARRAY, U32, 2**40),
        "items of arrays",
    ),
    "an array longer than the file": (
        head(n_entries=1) + text("k") + struct.pack("<IIQ", ARRAY, U32, 1_000_000),
        "ends before the 4,000,000 bytes",
    ),
    "arrays in arrays": (
        head(n_entries=1) + text("k") + struct.pack("<IIQ", ARRAY, ARRAY, 1),
        "holds arrays",
    ),
    "a text in an array longer than the file": (
        head(n_entries=1) + text("k") + struct.pack("<IIQQ", ARRAY, STRING, 1, 2**62),
        "promised in an array",
    ),
    "an entry twice": (
        make_gguf({"k": 1})[:16]
        + struct.pack("<Q", 2)
        + (text("k") + struct.pack("<II", U32, 1)) * 2,
        "stands there twice",
    ),
    "a tensor of 4,000,000,000 dimensions": (
        head(n_tensors=1) + text("t") + struct.pack("<I", 4_000_000_000),
        "has 4,000,000,000 dimensions",
    ),
    "a tensor beyond the end": (
        head(n_tensors=1) + tensor("t", (1,), offset=2**62),
        "beyond the end of the file",
    ),
}


@pytest.mark.parametrize(("content", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_header_that_cannot_be_is_refused_with_its_reason(
    path: Path, content: bytes, words: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"'m\.gguf' is no model that can be used") as caught:
        read_header(path)
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_header(tmp_path / "gone.gguf")


@given(cut=st.integers(0, len(WHOLE)), at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
@settings(max_examples=60)
def test_no_cut_or_changed_byte_does_more_than_raise_the_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "m.gguf"
    changed = bytearray(WHOLE)
    changed[at] = byte
    for content in (WHOLE[:cut], bytes(changed)):
        path.write_bytes(content)
        try:
            header = read_header(path)
        except ModelFileError:
            continue
        assert header.size_bytes == len(content)


def test_the_bound_on_items_counts_all_arrays_together(path: Path) -> None:
    one = struct.pack("<IIQ", ARRAY, 0, 1_500_000) + b"\0" * 1_500_000
    path.write_bytes(head(n_entries=2) + text("a") + one + text("b") + one)
    with pytest.raises(ModelFileError, match="at most 500,000 are read"):
        read_header(path)


def test_the_small_model_of_these_tests_is_whole(path: Path) -> None:
    path.write_bytes(make_gguf())
    assert set(read_header(path).values) | set(read_header(path).lengths) == set(LLAMA)
