"""A source of sentences with rare facts, a bigram model, keys, and the search for neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Counts: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Settings: TypeAlias = "Mapping[str, Any]"
PLACES = 5  # words of a sentence: subject, relation, filler, object, stop
HELD_OUT = ("valid", "test")
DECIMALS, NUDGE = 7, 1e-11  # distances that agree so far are ties, which the smaller index wins


class World(NamedTuple):
    """Three texts, the keys of their contexts, and the base model."""

    words: dict[str, Counts]
    keys: dict[str, Array]
    table: Array
    base: dict[str, Array]  # probability of the words that came

    def distances(self, name: str) -> Array:
        """From each context of a text to the keys of the datastore."""
        return squared_distances(self.keys[name], self.keys["train"])

    def hits(self, name: str, found: Counts) -> Array:
        """One where a neighbour's value is the word that came."""
        values, came = self.words["train"][1:], self.words[name][1:]
        return np.asarray(values[found] == came[:, None], dtype=float)

    def votes(self, name: str, k: int, temperature: float) -> Array:
        """Probabilities of the words that came, by their neighbours."""
        distances = self.distances(name)
        found = nearest(distances, k)
        squares = np.take_along_axis(distances, found, axis=1)
        return retrieved(squares, self.hits(name, found), temperature)


def world(plan: Settings, model: Settings) -> World:
    """Everything that is the same in all experiments."""
    sizes, train, held = plan["sizes"].astype(int), int(plan["train"]), int(plan["held"])
    text = sentences(sizes, plan["faith"], train + 2 * held)
    parts = np.split(text, PLACES * np.array([train, train + held]))
    words = dict(zip(("train", *HELD_OUT), parts, strict=True))
    shape = int(sizes.sum()) + 1, int(model["width"])
    embeddings = np.random.default_rng(1).standard_normal(shape) / np.sqrt(shape[1])
    table = bigram(words["train"], shape[0], model["smooth"])
    return World(
        words,
        {name: context_keys(it[:-1], embeddings, model["decay"]) for name, it in words.items()},
        table,
        {name: table[words[name][:-1], words[name][1:]] for name in HELD_OUT},
    )


def sentences(sizes: Counts, faith: float, how_many: int) -> Counts:
    """Words as numbers: subjects first, then relations, fillers, objects, and the stop."""
    subjects, relations, fillers, objects = sizes
    generator = np.random.default_rng(0)
    facts = np.floor(objects * generator.random((subjects, relations)))
    ranks = np.cumsum(1 / np.arange(1, subjects + 1))
    drawn = generator.random((how_many, PLACES))
    subject = np.searchsorted(ranks / ranks[-1], drawn[:, 0], side="right")
    relation = np.floor(relations * drawn[:, 1]).astype(int)
    filler = np.floor(fillers * drawn[:, 2])
    thing = np.floor(objects * drawn[:, 4])
    thing = np.where(drawn[:, 3] < faith, facts[subject, relation], thing)
    starts = np.cumsum([0, subjects, relations, fillers, objects])
    stop = np.zeros(how_many)
    words = np.stack([subject, relation, filler, thing, stop], axis=1) + starts
    return np.asarray(words.ravel(), dtype=np.int64)


def bigram(words: Counts, size: int, smooth: float) -> Array:
    """Smoothed conditional probabilities; a row for each last word."""
    counts = np.full((size, size), smooth)
    np.add.at(counts, (words[:-1], words[1:]), 1)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def context_keys(words: Counts, embeddings: Array, decay: float) -> Array:
    """The key of every context: its embeddings, faded by their age, added up."""
    keys = embeddings[words].copy()
    for t in range(1, len(keys)):
        keys[t] += decay * keys[t - 1]
    return keys


def squared_distances(queries: Array, keys: Array) -> Array:
    """All squared distances, from the inner products."""
    squares = np.sum(queries**2, axis=1)[:, None] + np.sum(keys**2, axis=1)
    return np.asarray(squares - 2 * queries @ keys.T)


def nearest(distances: Array, k: int) -> Counts:
    """The $k$ nearest of each row, in order."""
    ranked = np.round(distances, DECIMALS) + NUDGE * np.arange(distances.shape[1])
    found = np.argpartition(ranked, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(ranked, found, axis=1), axis=1)
    return np.take_along_axis(found, order, axis=1)


def retrieved(squares: Array, hits: Array, temperature: float) -> Array:
    """Probability of the word that came, from the distances of the neighbours that hold it."""
    weights = np.exp((squares.min(axis=1, keepdims=True) - squares) / temperature)
    return np.asarray(np.sum(weights * hits, axis=1) / np.sum(weights, axis=1))


def cached(words: Counts, keys: Array, theta: float, base: Array) -> Array:
    """The continuous cache over what came before; the base model where there is nothing."""
    chances = base.copy()
    for t in range(1, len(base)):
        scores = np.exp(theta * (keys[:t] @ keys[t]))
        chances[t] = scores @ (words[1 : t + 1] == words[t + 1]) / scores.sum()
    return chances


def loss(weight: float, rho: Array, beta: Array) -> float:
    """Mean loss of the mixture."""
    return -float(np.mean(np.log(weight * rho + (1 - weight) * beta)))


def perplexity(weight: float, rho: Array, beta: Array) -> float:
    """Its exponential."""
    return float(np.exp(loss(weight, rho, beta)))


def best_weight(rho: Array, beta: Array) -> float:
    """Where the derivative of the mean loss changes its sign, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        slope = np.mean((beta - rho) / (middle * rho + (1 - middle) * beta))
        low, high = (middle, high) if slope < 0 else (low, middle)
    return (low + high) / 2
