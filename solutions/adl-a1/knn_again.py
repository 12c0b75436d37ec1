"""Second routes to the numbers of the nearest-neighbour language model."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Counts: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Settings: TypeAlias = "Mapping[str, Any]"
MEMORY = 100  # words; older ones are too faded to count
CLOSE = 1e-13


def example_by_sums(gaps: Array, holds: Array, prior: Array, quarter: float) -> dict[str, Array]:
    """Sums over the neighbours of each word."""
    parts = [2.0 ** (-float(it) / math.log(2)) for it in gaps]
    rows = list(zip(parts, holds, strict=True))
    said = [sum(a for a, row in rows if row[w] == 1) / sum(parts) for w in range(len(prior))]
    mixed = [b + quarter * (r - b) for r, b in zip(said, prior, strict=True)]
    weights = [it / sum(parts) for it in parts]
    return {"weights": np.array([weights]), "said": np.array([said]), "mixed": np.array([mixed])}


def plan_by_name(sizes: Array, faith: float, train: int, held: int) -> dict[str, Any]:
    """Keys and arguments, paired."""
    names = ("sizes", "faith", "train", "held")
    return dict(zip(names, (sizes, faith, train, held), strict=True))


def model_by_name(
    width: int, decay: float, smooth: float, neighbours: int, temperature: float
) -> dict[str, float]:
    """Keys and arguments, paired."""
    names = ("width", "decay", "smooth", "neighbours", "temperature")
    return dict(zip(names, (width, decay, smooth, neighbours, temperature), strict=True))


def text_one_by_one(plan: Settings) -> dict[str, list[int]]:
    """One word after the other, for the three texts."""
    draw = np.random.default_rng(0).random
    subjects, relations, fillers, objects = (int(it) for it in plan["sizes"])
    facts = {(s, r): int(objects * draw()) for s in range(subjects) for r in range(relations)}
    total = math.fsum(1 / (s + 1) for s in range(subjects))
    train, held = int(plan["train"]), int(plan["held"])
    texts = {}
    for name, how_many in (("train", train), ("valid", held), ("test", held)):
        words: list[int] = []
        for _ in range(how_many):
            u, subject, below = draw(), 0, 1 / total
            while u >= below:
                subject += 1
                below += 1 / (subject + 1) / total
            relation, filler = int(relations * draw()), int(fillers * draw())
            true, other = draw() < plan["faith"], int(objects * draw())
            thing = facts[subject, relation] if true else other
            first = subjects + relations
            words += [subject, subjects + relation, first + filler, first + fillers + thing]
            words.append(first + fillers + objects)
        texts[name] = words
    return texts


def counted(plan: Settings) -> dict[str, int]:
    """Counted in the texts; every word occurs."""
    texts = text_one_by_one(plan)
    return {
        "words": len({it for words in texts.values() for it in words}),
        "facts": sum(1 for _ in range(int(plan["sizes"][0])) for _ in range(int(plan["sizes"][1]))),
        "entries": len(list(pairwise(texts["train"]))),
        "tokens": len(list(pairwise(texts["test"]))),
    }


def base_by_counts(texts: dict[str, list[int]], smooth: float, size: int) -> dict[str, Array]:
    """Counts of pairs and of words in dictionaries."""
    pairs, singles = Counter(pairwise(texts["train"])), Counter(texts["train"][:-1])
    return {
        name: np.array(
            [
                (pairs[a, b] + smooth) / (singles[a] + smooth * size)
                for a, b in pairwise(texts[name])
            ]
        )
        for name in ("valid", "test")
    }


def keys_from_the_past(words: list[int], model: Settings, size: int) -> Array:
    """Each key from its last words alone, with embeddings that are drawn one after the other."""
    draw, scale = np.random.default_rng(1).normal, math.sqrt(1 / model["width"])
    rows = [[draw() * scale for _ in range(int(model["width"]))] for _ in range(size)]
    embeddings, fading = np.array(rows), model["decay"] ** np.arange(MEMORY)
    keys = []
    for t in range(len(words) - 1):
        past = words[max(0, t + 1 - MEMORY) : t + 1][::-1]
        keys.append(fading[: len(past)] @ embeddings[past])
    return np.array(keys)


def prepared(
    plan: Settings, model: Settings
) -> tuple[dict[str, list[int]], dict[str, Array], dict[str, Array]]:
    """Texts, base probabilities and keys."""
    texts, size = text_one_by_one(plan), int(sum(plan["sizes"])) + 1
    keys = {name: keys_from_the_past(words, model, size) for name, words in texts.items()}
    return texts, base_by_counts(texts, model["smooth"], size), keys


def settings_by_list(neighbours: int, temperature: float) -> Array:
    """The list, by multiples."""
    k, t = neighbours, temperature
    rows = [[k / 16, t], [k / 4, t], [k, t], [4 * k, t], [k, t / 4], [k, 4 * t], [k, 1.0]]
    return np.array(rows)


def votes_query_by_query(plan: Settings, model: Settings, settings: Array) -> dict[str, Array]:
    """Differences of keys, sorted; sums over the neighbours of each query."""
    texts, _, keys = prepared(plan, model)
    most = int(max(k for k, _ in settings))
    found = {}
    for name in ("valid", "test"):
        columns = []
        for query, word in zip(keys[name], texts[name][1:], strict=True):
            gaps = keys["train"] - query
            squares = np.einsum("ij,ij->i", gaps, gaps)
            order = np.argsort(np.round(squares, 7), kind="stable")[:most]
            column = []
            for k, t in settings:
                near = [(float(squares[i]), texts["train"][i + 1]) for i in order[: int(k)]]
                least = min(it for it, _ in near)
                share = [(math.exp((least - it) / t), w == word) for it, w in near]
                column.append(sum(a for a, same in share if same) / sum(a for a, _ in share))
            columns.append(column)
        found[name] = np.array(columns).T
    return found


def weight_by_em(rho: Array, beta: Array) -> float:
    """Expectation maximisation for the weight of a mixture."""
    weight, before = 0.5, 0.0
    while abs(weight - before) > CLOSE:
        before, share = weight, weight * rho
        weight = float(np.mean(share / (share + (1 - before) * beta)))
    return weight


def perplexity_by_bits(weight: float, rho: Array, beta: Array) -> float:
    """Power of two of the mean number of bits."""
    bits = np.log2(beta) + np.log2(1 + weight * (rho / beta - 1))
    return float(2 ** -(bits.sum() / len(bits)))


def tuned_by_em(plan: Settings, model: Settings, settings: Array) -> dict[str, Array]:
    """Weights by expectation maximisation, perplexities in bits."""
    votes, (_, base, _) = votes_query_by_query(plan, model, settings), prepared(plan, model)
    made: dict[str, list[float]] = {}
    for rho, new in zip(votes["valid"], votes["test"], strict=True):
        weight, other = weight_by_em(rho, base["valid"]), weight_by_em(new, base["test"])
        row = {
            "weight": weight,
            "valid": perplexity_by_bits(weight, rho, base["valid"]),
            "test": perplexity_by_bits(weight, new, base["test"]),
            "least": perplexity_by_bits(other, new, base["test"]),
            "other": other,
            "absent": sum(1 for it in new if it == 0) / len(new),
        }
        for name, number in row.items():
            made.setdefault(name, []).append(number)
    return {name: np.array(row) for name, row in made.items()}


def only(model: Settings) -> Array:
    """The main setting, as a list of settings."""
    return np.array([[model["neighbours"], model["temperature"]]])


def main_again(plan: Settings, model: Settings) -> dict[str, float]:
    """Sums over words."""
    votes, (_, base, _) = votes_query_by_query(plan, model, only(model)), prepared(plan, model)
    valid, test = votes["valid"][0], votes["test"][0]
    weight, pairs = weight_by_em(valid, base["valid"]), zip(valid, base["valid"], strict=True)
    return {
        "valid": perplexity_by_bits(0, valid, base["valid"]),
        "test": perplexity_by_bits(0, test, base["test"]),
        "weight": weight,
        "ratio": sum(r / b for r, b in pairs) / len(valid),
        "worse": sum(r < b for r, b in zip(test, base["test"], strict=True)) / len(test),
        "price": math.log(1 / (1 - weight)),
    }


def curve_by_bits(plan: Settings, model: Settings) -> dict[str, Array]:
    """In bits."""
    votes, (_, base, _) = votes_query_by_query(plan, model, only(model)), prepared(plan, model)
    grid = [it / 50 for it in range(50)]
    found = {"grid": np.array(grid)}
    for name, (rho,) in votes.items():
        found[name] = np.array([perplexity_by_bits(u, rho, base[name]) for u in grid])
    return found


def limit_by_pairs(plan: Settings) -> float:
    """Counts of pairs over counts of words."""
    texts = text_one_by_one(plan)
    pairs, singles = Counter(pairwise(texts["train"])), Counter(texts["train"][:-1])
    chances = [pairs[pair] / singles[pair[0]] for pair in pairwise(texts["test"])]
    return math.fsum(chances) / len(chances)


def places_by_sums(plan: Settings, model: Settings, main: Mapping[str, float]) -> dict[str, Array]:
    """Sums, place by place."""
    votes, (_, base, _) = votes_query_by_query(plan, model, only(model)), prepared(plan, model)
    sums, u = np.zeros((3, 5)), main["weight"]
    for t, (beta, rho) in enumerate(zip(base["test"], votes["test"][0], strict=True)):
        mixed = u * rho + (1 - u) * beta
        sums[:, (t + 1) % 5] += [1, -math.log(beta), -math.log(mixed)]
    return {"before": sums[1] / sums[0], "after": sums[2] / sums[0]}


def cache_by_loops(plan: Settings, model: Settings, theta: float) -> dict[str, float]:
    """Word by word; the weights of the words in a dictionary."""
    texts, base, keys = prepared(plan, model)
    found = {}
    for name in ("valid", "test"):
        words, chances = texts[name], [float(base[name][0])]
        for t in range(1, len(words) - 1):
            weights: dict[int, float] = {}
            scores = np.einsum("ij,j->i", keys[name][:t], keys[name][t])
            for score, word in zip(scores, words[1:], strict=False):
                weights[word] = weights.get(word, 0) + math.exp(theta * float(score))
            chances.append(weights.get(words[t + 1], 0) / sum(weights.values()))
        found[name] = np.array(chances)
    weight = weight_by_em(found["valid"], base["valid"])
    return {
        "weight": weight,
        "valid": perplexity_by_bits(weight, found["valid"], base["valid"]),
        "test": perplexity_by_bits(weight, found["test"], base["test"]),
    }
