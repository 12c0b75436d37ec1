"""A nearest-neighbour language model on seeded sentences, and the search for its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import knn_again as again
import knn_again_index as searched
import knn_drawn as drawn
import knn_index as index
import knn_source as source
import numpy as np

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = "Mapping[str, Array]"
Settings: TypeAlias = "Mapping[str, Any]"
DIGITS = 3


# a small case, and large numbers


@value(route=again.example_by_sums, digits=DIGITS)
def example(gaps: Array, holds: Array, prior: Array, quarter: float) -> dict[str, Array]:
    """Four neighbours: their weights, what they say, and the mixture."""
    weights = np.exp(-gaps[None]) / np.exp(-gaps).sum()
    said = weights @ holds
    return {"weights": weights, "said": said, "mixed": quarter * said + (1 - quarter) * prior}


@value(route=searched.large_by_logs, digits=2)
def large(entries: int, units: int, bytes_code: int, cells: int, visited: int) -> dict[str, float]:
    """Gigabytes of keys and codes, share of lists, keys in them, best number of lists."""
    return {
        "keys": entries * units * 4 / 1e9,
        "codes": entries * bytes_code / 1e9,
        "ratio": 4 * units / bytes_code,
        "share": 100 * visited / cells,
        "scanned": entries * visited / cells / 1e6,
        "lists": float(np.sqrt(visited * entries * bytes_code / units)) / 1e3,
        "millions": entries / 1e6,
    }


# the text and the two models


@value(route=again.plan_by_name)
def plan(sizes: Array, faith: float, train: int, held: int) -> dict[str, Any]:
    """What the source of the text needs, in one mapping."""
    return {"sizes": sizes, "faith": faith, "train": train, "held": held}


@value(route=again.model_by_name)
def model(
    width: int, decay: float, smooth: float, neighbours: int, temperature: float
) -> dict[str, float]:
    """What the models need, in one mapping."""
    return {
        "width": width,
        "decay": decay,
        "smooth": smooth,
        "neighbours": neighbours,
        "temperature": temperature,
    }


@value(route=again.counted)
def counts(plan: Settings) -> dict[str, int]:
    """Words of the vocabulary, facts, entries of the datastore, predictions in a held-out text."""
    return {
        "words": int(plan["sizes"].sum()) + 1,
        "facts": int(plan["sizes"][0] * plan["sizes"][1]),
        "entries": source.PLACES * int(plan["train"]) - 1,
        "tokens": source.PLACES * int(plan["held"]) - 1,
    }


@value(route=again.settings_by_list, digits=4)
def settings(neighbours: int, temperature: float) -> Array:
    """Pairs of the number of neighbours and the temperature."""
    wide = [(neighbours * 4.0**power, temperature) for power in range(-2, 2)]
    warm = [(neighbours, temperature * 4.0**power) for power in (-1, 1)]
    return np.array([*wide, *warm, (neighbours, 1)])


@value(route=again.tuned_by_em, digits=DIGITS, tolerance=1e-7)
def tuned(plan: Settings, model: Settings, settings: Array) -> dict[str, Array]:
    """For each setting: best weight and validation perplexity; test perplexities; words missed."""
    world = source.world(plan, model)
    valid, test = (world.base[name] for name in source.HELD_OUT)
    rows = []
    for k, temperature in settings:
        rho, new = (world.votes(name, int(k), temperature) for name in source.HELD_OUT)
        weight, other = source.best_weight(rho, valid), source.best_weight(new, test)
        pairs = ((weight, rho, valid), (weight, new, test), (other, new, test))
        rows.append([weight, *(source.perplexity(*it) for it in pairs), other, np.mean(new == 0)])
    names = ("weight", "valid", "test", "least", "other", "absent")
    return dict(zip(names, np.array(rows).T, strict=True))


@value(route=again.main_again, digits=DIGITS, tolerance=1e-7)
def main(plan: Settings, model: Settings) -> dict[str, float]:
    """The main setting: base model, best weight, mean ratio, words that lose, price of a word."""
    world = source.world(plan, model)
    votes = [
        world.votes(it, int(model["neighbours"]), model["temperature"]) for it in source.HELD_OUT
    ]
    valid, test = (world.base[name] for name in source.HELD_OUT)
    weight = source.best_weight(votes[0], valid)
    return {
        "valid": source.perplexity(0, votes[0], valid),
        "test": source.perplexity(0, votes[1], test),
        "weight": weight,
        "ratio": float(np.mean(votes[0] / valid)),
        "worse": float(np.mean(votes[1] < test)),
        "price": -float(np.log(1 - weight)),
    }


@value(route=again.curve_by_bits)
def curve(plan: Settings, model: Settings) -> dict[str, Array]:
    """Perplexity of both texts over the weight, in the main setting."""
    world, found = source.world(plan, model), {"grid": np.linspace(0, 0.98, 50)}
    for name in source.HELD_OUT:
        rho = world.votes(name, int(model["neighbours"]), model["temperature"])
        pairs = [(float(u), rho, world.base[name]) for u in found["grid"]]
        found[name] = np.array([source.perplexity(*it) for it in pairs])
    return found


@value(route=again.limit_by_pairs, digits=DIGITS)
def limit(plan: Settings, model: Settings) -> float:
    """Mean probability of the test words, with unit vectors for keys and all as neighbours."""
    world = source.world(plan, model)
    keys = np.eye(len(world.table))
    learned, test = world.words["train"], world.words["test"]
    squares = source.squared_distances(keys[test[:-1]], keys[learned[:-1]])
    everything = np.tile(np.arange(len(learned) - 1), (len(squares), 1))
    return float(np.mean(source.retrieved(squares, world.hits("test", everything), 1 / 100)))


@value(route=again.places_by_sums, digits=DIGITS)
def places(plan: Settings, model: Settings, main: Mapping[str, float]) -> dict[str, Array]:
    """Mean test loss of the base model, and of the mixture, by the place in the sentence."""
    world, weight = source.world(plan, model), main["weight"]
    rho = world.votes("test", int(model["neighbours"]), model["temperature"])
    before = world.base["test"]
    after = weight * rho + (1 - weight) * before
    place = np.arange(1, len(rho) + 1) % source.PLACES
    return {
        name: np.array([-np.log(it[place == p]).mean() for p in range(source.PLACES)])
        for name, it in (("before", before), ("after", after))
    }


@value(route=again.cache_by_loops, digits=DIGITS, tolerance=1e-7)
def cache(plan: Settings, model: Settings, theta: float) -> dict[str, float]:
    """Continuous cache: best weight and perplexity in validation, and test perplexity."""
    world = source.world(plan, model)
    rho = [
        source.cached(world.words[name], world.keys[name], theta, world.base[name])
        for name in source.HELD_OUT
    ]
    weight = source.best_weight(rho[0], world.base["valid"])
    return {
        "weight": weight,
        "valid": source.perplexity(weight, rho[0], world.base["valid"]),
        "test": source.perplexity(weight, rho[1], world.base["test"]),
    }


# the search


@value(route=searched.inverted_by_lists, digits=DIGITS, tolerance=1e-8)
def inverted(
    plan: Settings, model: Settings, main: Mapping[str, float], lists: int, probes: Array
) -> dict[str, Array]:
    """Inverted file, for each number of probed lists: recall, share scanned, perplexity."""
    world = source.world(plan, model)
    distances, centroids = world.distances("test"), index.means(world.keys["train"], int(lists))
    owner = index.assign(world.keys["train"], centroids)
    rows = []
    for p in probes:
        seen = index.probed(world.keys["test"], centroids, owner, int(p))
        rest = np.where(seen, distances, np.inf)
        rows.append([*index.score(world, rest, model, main["weight"])[:2], seen.mean()])
    return dict(zip(("recall", "test", "scanned"), np.array(rows).T, strict=True))


@value(route=searched.uneven_by_counting, digits=4)
def uneven(plan: Settings, model: Settings, lists: int) -> dict[str, float]:
    """Share of the keys in the list of a key: with even lists, and in the mean with ours."""
    keys = source.world(plan, model).keys["train"]
    shares = np.bincount(index.assign(keys, index.means(keys, int(lists)))) / len(keys)
    return {"even": 1 / lists, "ours": float(shares @ shares)}


@value(route=searched.setup_by_name)
def setup(lists: int, probe: int, size: int) -> dict[str, float]:
    """Lists, lists that are probed, and centroids for a part, in one mapping."""
    return {"lists": lists, "probe": probe, "size": size}


@value(route=searched.quantised_by_tables, digits=DIGITS, tolerance=1e-8)
def quantised(
    plan: Settings, model: Settings, main: Mapping[str, float], setup: Settings, parts: Array
) -> dict[str, Array]:
    """Product quantisation of all keys, and of residuals in probed lists: recall, perplexities."""
    world = source.world(plan, model)
    keys, queries = world.keys["train"], world.keys["test"]
    centroids = index.means(keys, int(setup["lists"]))
    owner = index.assign(keys, centroids)
    seen = index.probed(queries, centroids, owner, int(setup["probe"]))
    rows = []
    for m in parts:
        plain, rest = (
            index.decoded(it, int(m), int(setup["size"])) for it in (keys, keys - centroids[owner])
        )
        whole = source.squared_distances(queries, plain)
        listed = source.squared_distances(queries, centroids[owner] + rest)
        both = (whole, np.where(seen, listed, np.inf))
        rows.append([it for d in both for it in index.score(world, d, model, main["weight"])])
    names = ("recall", "test", "anew", "listed", "mixed", "renewed")
    return dict(zip(names, np.array(rows).T, strict=True))


@value(route=searched.projected_by_svd, digits=DIGITS, tolerance=1e-8)
def projected(
    plan: Settings, model: Settings, main: Mapping[str, float], narrow: Array
) -> dict[str, Array]:
    """Keys projected to their leading principal directions: recall and perplexities."""
    world = source.world(plan, model)
    rows = []
    for r in narrow:
        centre, directions = index.principal(world.keys["train"], int(r))
        both = [(world.keys[it] - centre) @ directions for it in ("test", "train")]
        rows.append(index.score(world, source.squared_distances(*both), model, main["weight"]))
    return dict(zip(("recall", "test", "anew"), np.array(rows).T, strict=True))


@value(route=searched.fewer_by_loops, digits=DIGITS, tolerance=1e-8)
def fewer(
    plan: Settings, model: Settings, main: Mapping[str, float], unsure: float
) -> dict[str, float]:
    """Retrieval only where the base model is unsure, and a random half of the datastore."""
    world = source.world(plan, model)
    entropies = -np.sum(world.table * np.log(world.table), axis=1)
    asks = entropies[world.words["test"][:-1]] > unsure
    rho = world.votes("test", int(model["neighbours"]), model["temperature"])
    adaptive = np.where(asks, rho, world.base["test"])
    kept = np.random.default_rng(2).random(len(world.keys["train"])) < 1 / 2
    half = np.where(kept, world.distances("test"), np.inf)
    recall, pruned, _ = index.score(world, half, model, main["weight"])
    return {
        "asked": float(asks.mean()),
        "adaptive": source.perplexity(main["weight"], adaptive, world.base["test"]),
        "kept": float(kept.mean()),
        "recall": recall,
        "pruned": pruned,
    }


@value(route=searched.bytes_by_bits)
def stored(width: int, parts: Array, size: int, narrow: Array) -> dict[str, Any]:
    """Bytes of a key in single precision, of its codes, and of its projections."""
    return {"whole": 4 * width, "codes": parts * np.log2(size) / 8, "narrow": 4 * narrow}


# tables


@table
def tuning(settings: Array) -> TableRows:
    """Each setting: best weight, perplexities, the best weight for the test text, words missed."""
    return drawn.tuning(len(settings))


@table
def copying() -> TableRows:
    """Five models: memory, score of an entry, gate, and what is trained."""
    return drawn.copying()


@table
def searches(probes: Array, parts: Array, narrow: Array) -> TableRows:
    """Each way to search: bytes of a key, share of keys looked at, recall, test perplexity."""
    return drawn.searches(len(probes), len(parts), len(narrow))


# figures


@figure
def pipeline() -> Tikz:
    """From the context to the mixture."""
    return drawn.pipeline()


@figure
def mixture(curve: Numbers, tuned: Numbers, places: Numbers) -> Figure:
    """Perplexity over the weight; losses by the place in the sentence."""
    return drawn.mixture(curve, tuned, places)


@figure
def recalls(
    inverted: Numbers, probes: Array, quantised: Numbers, projected: Numbers, stored: Numbers
) -> Figure:
    """Recall against the share of keys that are looked at, and against the bytes of a key."""
    return drawn.recalls(inverted, probes, quantised, projected, stored)
