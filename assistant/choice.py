"""Weigh given texts as continuations: decoding constrained to a prefix tree over tokens.

The tokens of the texts form a tree: texts that begin alike share a path until they part. Only
where a path parts does the model have a say. There its scores of the offered tokens, and of
nothing else, are made to sum to one, and a text's probability is the product of those along its
path. Take three texts, tokenised as ``[1, 2, 3]``, ``[1, 2, 4]`` and ``[5]``::

    root --1--> . --2--> . --3--> first        asked at the root: 1 or 5?
      \\                    \\-4--> second      asked after 1, 2: 3 or 4?
       \\-5--> third                           never asked: is 2 next after 1?

Tokens between two branches are forced: they cost an evaluation, in one batch, but no decision.
"""

import math
from collections.abc import Callable, Mapping, Sequence

END = -1
"""Stands for the end of the turn, offered where one text ends and another goes on."""

MIN_MASS = 1e-3
"""Branches below a probability of this are not looked into: what one is worth is divided evenly
among its texts. No text that could be chosen is that unlikely, and each branch costs a forward
pass."""

Score = Callable[[Sequence[int], Sequence[int]], Sequence[float]]
"""``score(path, offered)``: one logit for each offered token (``END`` may be among them) as the
next after ``path``; logits may share any offset."""


def common_length(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many items all sequences begin with alike; 0 for no sequences.

    >>> common_length([[1, 2, 3], [1, 2, 4], [1, 2]])
    2
    """
    if not sequences:
        return 0
    # The least and the greatest differ where any two do.
    first, last = min(sequences, key=list), max(sequences, key=list)
    shared = 0
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        shared += 1
    return shared


def weigh(
    paths: Sequence[Sequence[int]], score: Score, *, min_mass: float = MIN_MASS
) -> tuple[float, ...]:
    """Return the probability of each path, in the order given; they sum to 1.

    The likelier branch is looked into first, so that a scorer which remembers the last path
    goes back as little as possible. Equal paths share their probability evenly. No paths give
    no probabilities; a single one is certain, and ``score`` is not called.

    >>> def two_to_one(path, offered):
    ...     return [math.log(2.0)] + [0.0] * (len(offered) - 1)
    >>> [round(p, 3) for p in weigh([[1, 2, 3], [1, 2, 4], [5]], two_to_one)]
    [0.444, 0.222, 0.333]
    """
    found = [0.0] * len(paths)
    # A stack of subtrees, each the paths that begin alike, and what they are worth together.
    todo: list[tuple[list[int], float]] = [(list(range(len(paths))), 1.0)] if paths else []
    while todo:
        members, mass = todo.pop()
        depth = common_length([paths[member] for member in members])
        branches: dict[int, list[int]] = {}
        for member in members:
            token = paths[member][depth] if depth < len(paths[member]) else END
            branches.setdefault(token, []).append(member)
        if len(branches) == 1 or mass < min_mass:
            for member in members:
                found[member] = mass / len(members)
            continue
        shares = _softmax(branches, score(paths[members[0]][:depth], tuple(branches)))
        todo.extend(
            (branch, mass * share)
            for branch, share in sorted(
                zip(branches.values(), shares, strict=True), key=lambda pair: pair[1]
            )
        )
    total = math.fsum(found)
    return tuple(probability / total for probability in found)


def _softmax(branches: Mapping[int, object], logits: Sequence[float]) -> list[float]:
    """Return logits as shares of 1.

    Raises:
        ValueError: They are not one number for each branch.
    """
    if len(logits) != len(branches) or any(math.isnan(logit) for logit in logits):
        raise ValueError(f"{len(branches)} tokens were offered; the scores are {logits!r}.")
    highest = max(logits)
    if math.isinf(highest):
        return [1 / len(logits)] * len(logits)
    weights = [math.exp(logit - highest) for logit in logits]
    return [weight / math.fsum(weights) for weight in weights]
