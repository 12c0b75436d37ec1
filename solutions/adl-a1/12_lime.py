"""LIME for a bag of words and for the super-pixels of a digit, with known answers beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import lime_image as image
import lime_routes as again
import lime_routes_image as twice
import lime_study as study
import lime_text as text
import numpy as np
from lime_drawn import FAINT, PARTS, draw_digit, draw_limits, draw_spread, draw_text

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
MOST = 12  # decimals beyond which two numbers count as equal
SIZE = len(text.NAMES)


# the reviews and their classifiers


@value(route=again.reviews_one_by_one)
def corpus(reviews: int) -> dict[str, Array]:
    """Reviews: counts of words, labels."""
    counts, labels = text.reviews(reviews, 0)
    return {"counts": counts, "labels": labels}


@value(route=again.linear_by_newton, digits=3, tolerance=1e-8)
def linear(corpus: Arrays) -> dict[str, Array]:
    """Logistic regression: intercept, a weight for each word of the vocabulary."""
    fit = text.logistic(corpus["counts"], corpus["labels"])
    return {"intercept": fit.intercept_, "weights": fit.coef_[0]}


@value(route=again.accuracies_by_counting, digits=2)
def accuracy(corpus: Arrays, trees: int) -> dict[str, float]:
    """Percentages of new reviews that are classified rightly, with and without the leak."""
    return study.accuracy(corpus, trees)


@value(route=again.fresh_by_power)
def fresh() -> int:
    """New reviews."""
    return study.FRESH


@value(route=again.scores_by_walking, digits=3, tolerance=1e-8)
def scores(corpus: Arrays, trees: int) -> dict[str, Array]:
    """What the classifiers say to the text under every mask."""
    masked = text.masked_counts()
    fit = text.logistic(corpus["counts"], corpus["labels"])
    grown = text.forest(corpus["counts"], corpus["labels"], trees)
    return {
        "odds": fit.decision_function(masked),
        "chance": fit.predict_proba(masked)[:, 1],
        "forest": grown.predict_proba(masked)[:, 1],
    }


@value(route=again.whole_by_last, digits=3, tolerance=1e-8)
def whole(scores: Arrays) -> dict[str, float]:
    """What they say to the whole text."""
    return {name: float(scores[name].max(where=_complete(), initial=-np.inf)) for name in scores}


def _complete() -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(text.masks(SIZE).all(axis=1))


@value(route=again.counts_by_masking)
def size() -> dict[str, int]:
    """Words, masks."""
    return {"words": SIZE, "masks": len(text.masks(SIZE)), "vocabulary": len(text.WORDS)}


# explanations of the text


@value(route=again.exact_by_sklearn, digits=3, tolerance=1e-7)
def exact(scores: Arrays, width: float) -> dict[str, Array]:
    """Intercept and weights for infinitely many samples, for each classifier."""
    z, weights = text.masks(SIZE), study.all_weights(width)
    return {name: text.tidy(text.fitted(z, scores[name], weights)) for name in scores}


@value(route=again.faith_by_sklearn, digits=3, tolerance=1e-7)
def faith(scores: Arrays, exact: Arrays, width: float) -> dict[str, float]:
    """Shares of the weighted variance that the explanations explain."""
    z, weights = text.masks(SIZE), study.all_weights(width)
    return {name: text.share(z, scores[name], weights, exact[name]) for name in scores}


@value(route=again.known_by_lookup, digits=3, tolerance=1e-8)
def known(linear: Arrays) -> dict[str, Array]:
    """For each word of the text: how often it occurs, its weight, their product."""
    words = text.TEXT.split()
    counts = np.array([words.count(name) for name in text.NAMES], dtype=float)
    own = linear["weights"][[text.WORDS.index(name) for name in text.NAMES]]
    return {"counts": counts, "weights": text.tidy(own), "products": text.tidy(counts * own)}


@value(route=again.sampled_by_sklearn, digits=3, tolerance=1e-7)
def sampled(scores: Arrays, width: float, samples: int) -> dict[str, Array]:
    """Intercept and weights from one sample."""
    return {
        name: text.tidy(text.explained(scores[name], samples, 0, width))
        for name in ("odds", "forest")
    }


@value(route=again.agree_by_text)
def agree(known: Arrays, sampled: Arrays) -> int:
    """Decimals to which the sampled explanation of a linear score agrees with its weights."""
    gap = float(np.abs(sampled["odds"][1:] - known["products"]).max())
    return min(MOST, math.floor(-math.log10(gap))) if gap else MOST


@value(route=again.conditions_by_products, digits=1, tolerance=1e-7)
def condition(width: float, tiny: float) -> dict[str, float]:
    """Logarithm to base ten of the condition number of the normal equations at two widths."""
    return study.condition(width, tiny)


@value(route=again.dummy_by_moments, digits=4, tolerance=1e-7)
def dummy(width: float) -> dict[str, float]:
    """Weight of the third of three words where the label is the product of the first two."""
    return study.dummy(width)


@value(route=again.picked_by_descent)
def picked(scores: Arrays, width: float, length: int) -> dict[str, Array]:
    """The words that K-Lasso picks for the forest, and the best subset, for each K."""
    return study.picked(scores, width, length)


@value(route=again.refits_by_moments, digits=3, tolerance=1e-7)
def refits(scores: Arrays, width: float, length: int, picked: Arrays) -> dict[str, Array]:
    """Shares explained after least squares on the picked words, and the weights for the last."""
    return study.refits(scores, width, length, picked)


@value(route=again.spread_by_moments, digits=4)
def spread(  # noqa: PLR0913, PLR0917  # the sizes of the experiment
    scores: Arrays, exact: Arrays, width: float, sizes: Array, seeds: int, length: int
) -> dict[str, Array]:
    """Standard deviations over seeds, for each number of samples, and how often the top agrees."""
    return study.spread(scores, exact, width, sizes, seeds, length)


@value(route=again.tau_by_influence, digits=3, tolerance=1e-6)
def tau(scores: Arrays, exact: Arrays, width: float) -> Array:
    r"""Limits $\tau_j$ of $\sqrt{N}$ times the standard deviation, for the forest."""
    return study.tau(scores, exact, width)


@value(route=again.needed_by_division, digits=0, tolerance=1e-6)
def needed(tau: Array, wanted: float) -> float:
    """Samples for the wanted standard deviation of every weight."""
    return float(np.max(tau**2) / wanted**2)


@value(route=again.error_by_moments, digits=4, tolerance=1e-6)
def squares(  # noqa: PLR0913, PLR0917  # the sizes of the experiment
    scores: Arrays, exact: Arrays, tau: Array, width: float, trials: int, samples: int
) -> dict[str, float]:
    """N times the squared error of the weight of `posted`, over other seeds, and its claim."""
    return study.squares(scores, exact, tau, width, trials, samples)


@value(route=twice.matrix_by_descent, digits=3, tolerance=1e-6)
def matrix(corpus: Arrays, linear: Arrays, picks: int, few: int, width: float) -> Array:
    """Explanations of the first reviews: sizes of weights, a row for each review."""
    return study.matrix(corpus, linear, picks, few, width)


@value(route=twice.cover_by_sets, digits=3, tolerance=1e-7)
def cover(matrix: Array) -> dict[str, Array]:
    """Covered shares for one to three picks: greedy, best, mean over all picks."""
    return study.cover(matrix)


# image


@value(route=twice.digit_by_target)
def digit() -> Array:
    """The levels of the digit."""
    return np.asarray(image.digits()[0][image.CHOSEN])


@value(route=twice.segments_by_loops)
def segments(digit: Array) -> Array:
    """The super-pixel of each pixel, from zero."""
    return image.super_pixels(digit)


@value(route=twice.regions_by_set)
def regions(segments: Array) -> int:
    """Super-pixels."""
    return int(segments.max()) + 1


@value(route=twice.gaps_by_loops)
def gaps(digit: Array, segments: Array) -> Array:
    """Squared distance between the digit and itself without one super-pixel."""
    return image.summed(segments, digit**2)


@value(route=twice.replies_by_walking, digits=3, tolerance=1e-7)
def replies(digit: Array, segments: Array, trees: int) -> dict[str, Array]:
    """What the classifiers say to the digit under every mask, black where hidden."""
    return image.answers(digit, segments, np.zeros(digit.size), int(trees))


@value(route=twice.grey_by_walking, digits=3, tolerance=1e-7)
def grey(digit: Array, segments: Array, trees: int, level: float) -> Array:
    """What the forest says where hidden super-pixels are grey."""
    base = np.full(digit.size, float(level))
    return image.answers(digit, segments, base, int(trees))["forest"]


@value(route=twice.present_by_exponentials, digits=3)
def present(gaps: Array, broad: float) -> Array:
    """Chances of the super-pixels under the kernel."""
    return image.presence(gaps, broad)


@value(route=twice.seen_by_sklearn, digits=3, tolerance=1e-7)
def seen(  # noqa: PLR0913, PLR0917  # two bases, each with its kernel
    replies: Arrays, grey: Array, gaps: Array, digit: Array, segments: Array,
    broad: float, level: float,
) -> dict[str, Array]:  # fmt: skip
    """Differences of conditional means, for each classifier, and the forest with a grey base."""
    p = image.presence(gaps, broad)
    made = {name: text.tidy(image.differences(replies[name], p)) for name in replies}
    other = image.summed(segments, (digit - level) ** 2)
    return {**made, "grey": image.differences(grey, image.presence(other, broad))}


@value(route=twice.added_by_newton, digits=3, tolerance=1e-7)
def added(digit: Array, segments: Array) -> Array:
    """Weights of the linear score, times the levels, summed over each super-pixel."""
    pixels, labels = image.digits()
    train = np.arange(len(labels)) % image.HELD != 0
    fit = image.looking(pixels[train], labels[train], segments)
    return text.tidy(image.summed(segments, fit.coef_[0] * digit))


@value(route=twice.cast_by_moments, digits=3, tolerance=1e-7)
def cast(replies: Arrays, gaps: Array, broad: float, samples: int, seeds: int) -> dict[str, Array]:
    """LIME with masks from coin tosses: one sample of the score, spreads of the others."""
    made: dict[str, list[Array]] = {"odds": [], "chance": [], "forest": []}
    for seed in range(int(seeds)):
        tossed = np.random.default_rng(seed).integers(0, 2, (int(samples), gaps.size))
        z = tossed.astype(float)
        weights = np.exp(-(1 - z) @ gaps / broad)
        for name, rows in made.items():
            rows.append(text.fitted(z, replies[name][text.numbers(z)], weights)[1:])
    return {
        "odds": text.tidy(made["odds"][0]),
        **{name: text.tidy(np.std(made[name], axis=0, ddof=1)) for name in ("chance", "forest")},
    }


@value(route=twice.fits_by_sklearn, digits=3, tolerance=1e-7)
def fits(replies: Arrays, gaps: Array, broad: float) -> dict[str, float]:
    """Shares of the weighted variance that the explanations of the digit explain."""
    z = text.masks(gaps.size)
    weights = np.exp(-(1 - z) @ gaps / broad)
    made = {}
    for name in replies:
        theta = text.fitted(z, replies[name], weights)
        made[name] = text.share(z, replies[name], weights, theta)
    return made


@value(route=twice.replied_by_last, digits=3, tolerance=1e-7)
def replied(replies: Arrays) -> dict[str, float]:
    """What the classifiers say to the digit, and to a black image."""
    return {"digit": float(replies["forest"][-1]), "black": float(replies["forest"][0])}


@value(route=twice.widths_by_powers, digits=1)
def widths() -> Array:
    """Squared widths for the curves."""
    return np.geomspace(100, 1e5, 31)


@value(route=twice.curves_by_moments, digits=3, tolerance=1e-6)
def curves(replies: Arrays, gaps: Array, widths: Array) -> Array:
    """Weights of the forest's explanation for each width, a row for each."""
    rows = [image.differences(replies["forest"], image.presence(gaps, it)) for it in widths]
    return np.array(rows)


@value(route=twice.ends_by_places, digits=3, tolerance=1e-7)
def ends(replies: Arrays, gaps: Array) -> dict[str, Array]:
    """The limits: what one hidden super-pixel changes, and plain differences of means."""
    y, z = replies["forest"], text.masks(gaps.size)
    alone = [y[-1] - y[text.numbers((1 - np.eye(gaps.size))[[j]])[0]] for j in range(gaps.size)]
    return {
        "narrow": np.array(alone),
        "broad": np.asarray(y @ (2 * z - 1) * 2 / len(z)),
    }


# tables and figures


@table
def parts() -> TableRows:
    """Each part of the objective, for texts and for images."""
    return TableRows("lll", ["Part", "Text", "Image"], PARTS)


@table
def words() -> TableRows:
    """Each word: count, weight, product, LIME for the score, and for both probabilities."""
    rows = [
        [
            name,
            *[rf"\val{{known.{kind}[{j}]}}" for kind in ("counts", "weights", "products")],
            *[rf"\val{{{kind}[{j + 1}]}}" for kind in ("sampled.odds", "exact.chance")],
            rf"\val[4]{{exact.forest[{j + 1}]}}",
            rf"\val{{tau[{j}]}}",
        ]
        for j, name in enumerate(text.NAMES, 1)
    ]
    head = ["Word", "$x_t$", r"$\beta_t$", r"$\beta_t x_t$", "Score", "Probability", "Forest",
            r"$\tau_j$"]  # fmt: skip
    return TableRows("lrdddddd", head, rows)


@table
def patches(gaps: Array) -> TableRows:
    """Each super-pixel: chance, closed form, LIME for the score, and the exact weights."""
    rows = [
        [
            f"${j}$" if j < len(gaps) else r"\val{regions}",
            *[rf"\val{{{name}[{j}]}}" for name in ("present", "added", "cast.odds")],
            *[rf"\val{{seen.{name}[{j}]}}" for name in ("chance", "rule", "forest")],
            rf"\val{{cast.forest[{j}]}}",
            rf"\val{{seen.grey[{j}]}}",
        ]
        for j in range(1, len(gaps) + 1)
    ]
    head = ["$j$", "$p_j$", r"$\alpha_j$", "Score", "Probability", "Rule", "Forest", "Spread",
            "Grey"]  # fmt: skip
    return TableRows("rdddddddd", head, rows)


@figure
def review(known: Arrays, exact: Arrays, sampled: Arrays, tau: Array, samples: int) -> Figure:
    """Weights of the words for the linear score and for the forest."""
    return draw_text(text.NAMES, known["products"], exact, sampled["forest"],
                     2 * tau / math.sqrt(samples))  # fmt: skip


@figure
def stability(sizes: Array, spread: Arrays, tau: Array) -> Figure:
    """Spread of the weights over seeds against the number of samples, and agreement of the top."""
    return draw_spread(text.NAMES, sizes, spread, tau)


@value(route=twice.faint_by_twentieth, digits=2)
def faint() -> float:
    """Weights below get no sign in the figure."""
    return FAINT


@figure
def eight(digit: Array, segments: Array, seen: Arrays) -> Figure:
    """The digit, its super-pixels, and the weights of three classifiers."""
    return draw_digit(digit, segments, seen)


@figure
def limits(widths: Array, curves: Array, ends: Arrays) -> Figure:
    """Weights against the width of the kernel, with both limits."""
    return draw_limits(widths, curves, ends)
