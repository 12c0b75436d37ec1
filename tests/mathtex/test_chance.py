from __future__ import annotations

import pytest

from derivatex.mathtex.judge import check
from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym
from tests.mathtex.test_normal_laws import NORMAL

FINITE = Problem(
    {
        "x": Sym(is_outcome=True),
        "y": Sym(is_outcome=True),
        "z": Sym("d", is_outcome=True),
        r"\theta": "n",
        r"\phi": "n",
        r"p_\theta": Sym(law="x, z", parameters=("theta",)),
        r"q_\phi": Sym(law="z | x", parameters=("phi",)),
        "r": Sym(law="z"),
        "s": Sym(law="z"),
        "g": Sym(arguments=("d",)),
        "b": Sym(arguments=("",)),
        "a": "",
    },
    dims={"n": Size(), "d": Size(most=2)},
    define=(
        r"F(x) = \mathbb{E}_{z \sim q_\phi(z \mid x)}[\log p_\theta(x, z) - \log q_\phi(z \mid x)]",
    ),
)

PAIRS = [
    (r"\sum_{x,z} p_\theta(x, z) = 1", r"\sum_{x,z} p_\theta(x, z) = 2", "factor"),
    (r"\sum_z p_\theta(x, z) = p_\theta(x)", r"\sum_z p_\theta(x, z) = p_\theta(z)", ""),
    (r"\sum_x p_\theta(x, z) = p_\theta(z)", r"\sum_x p_\theta(x, z) = 2 p_\theta(z)", "factor"),
    (
        r"p_\theta(x, z) = p_\theta(x \mid z) p_\theta(z)",
        r"p_\theta(x, z) = p_\theta(z \mid x) p_\theta(z)",
        "order",
    ),
    (
        r"p_\theta(x \mid z) = \frac{p_\theta(z \mid x) p_\theta(x)}{p_\theta(z)}",
        r"p_\theta(x \mid z) = \frac{p_\theta(z \mid x) p_\theta(z)}{p_\theta(x)}",
        "",
    ),
    (r"\sum_z q_\phi(z \mid x) = 1", r"\sum_z q_\phi(z \mid x) = -1", "sign"),
    (
        r"\mathbb{E}_{z \sim r}[g(z)] = \sum_z r(z) g(z)",
        r"\mathbb{E}_{z \sim r}[g(z)] = \sum_z g(z)",
        "",
    ),
    (
        r"\mathbb{E}_{r(z)}[g(z)] = \sum_z r(z) g(z)",
        r"\mathbb{E}_{s(z)}[g(z)] = \sum_z r(z) g(z)",
        "",
    ),
    (
        r"\mathbb{E}_{z \sim r(z)}[a g(z)] = a \mathbb{E}_{z \sim r(z)}[g(z)]",
        r"\mathbb{E}_{z \sim r(z)}[a g(z)] = -a \mathbb{E}_{z \sim r(z)}[g(z)]",
        "sign",
    ),
    (
        r"\mathbb{E}_{z \sim q_\phi(z \mid x)}[g(z)] = \sum_z q_\phi(z \mid x) g(z)",
        r"\mathbb{E}_{z \sim q_\phi(z \mid x)}[g(z)] = \sum_z r(z) g(z)",
        "",
    ),
    (
        r"\operatorname{Var}_{z \sim r}[g(z)] = \mathbb{E}_{r}[g(z)^2] - (\mathbb{E}_{r}[g(z)])^2",
        r"\operatorname{Var}_{z \sim r}[g(z)] = \mathbb{E}_{r}[g(z)^2] + (\mathbb{E}_{r}[g(z)])^2",
        "sign",
    ),
    (
        r"\mathbb{V}_{z \sim r}[a g(z)] = a^2 \mathbb{V}_{z \sim r}[g(z)]",
        r"\mathbb{V}_{z \sim r}[a g(z)] = a \mathbb{V}_{z \sim r}[g(z)]",
        "power",
    ),
    (
        r"D_{\mathrm{KL}}(r \,\|\, s) = \mathbb{E}_{z \sim r}[\log r(z) - \log s(z)]",
        r"D_{\mathrm{KL}}(s \,\|\, r) = \mathbb{E}_{z \sim r}[\log r(z) - \log s(z)]",
        "",
    ),
    (
        r"\mathrm{KL}(r \,\|\, s) = \sum_z r(z) \log \frac{r(z)}{s(z)}",
        r"\mathrm{KL}(r \,\|\, s) = \sum_z s(z) \log \frac{r(z)}{s(z)}",
        "",
    ),
    (
        r"\mathbb{E}_{z \sim r}[\log \frac{r(z)}{s(z)}] = D_{KL}(r \| s)",
        r"\mathbb{E}_{z \sim r}[\log \frac{r(z)}{s(z)}] = D_{KL}(s \| r)",
        "order",
    ),
    (r"\mathrm{KL}(r \,\|\, s) \ge 0", r"\mathrm{KL}(r \,\|\, s) \le 0", "sign"),
    (
        r"\log p_\theta(x) = F(x) + D_{\mathrm{KL}}(q_\phi(z \mid x) \,\|\, p_\theta(z \mid x))",
        r"\log p_\theta(x) = F(x) - D_{\mathrm{KL}}(q_\phi(z \mid x) \,\|\, p_\theta(z \mid x))",
        "sign",
    ),
    (
        (
            r"F(x) = \mathbb{E}_{q_\phi(z \mid x)}[\log p_\theta(x \mid z)] - \mathrm{KL}(q_\phi(z "
            r"\mid x) \,\|\, p_\theta(z))"
        ),
        (
            r"F(x) = \mathbb{E}_{q_\phi(z \mid x)}[\log p_\theta(x \mid z)] + \mathrm{KL}(q_\phi(z "
            r"\mid x) \,\|\, p_\theta(z))"
        ),
        "sign",
    ),
    (r"\log p_\theta(x) \ge F(x)", r"\log p_\theta(x) \le F(x)", "sign"),
    (
        r"\mathbb{E}_{p_\theta(x, z)}[\nabla_\theta \log p_\theta(x, z)] + \theta = \theta",
        r"\mathbb{E}_{p_\theta(x, z)}[\nabla_\theta \log p_\theta(x, z)] + \theta = 2 \theta",
        "factor",
    ),
    (
        (
            r"\nabla_\phi \mathbb{E}_{q_\phi(z \mid x)}[g(z)] = \mathbb{E}_{q_\phi(z \mid x)}[g(z) "
            r"\nabla_\phi \log q_\phi(z \mid x)]"
        ),
        (
            r"\nabla_\phi \mathbb{E}_{q_\phi(z \mid x)}[g(z)] = \mathbb{E}_{q_\phi(z \mid "
            r"x)}[\nabla_\phi \log q_\phi(z \mid x)]"
        ),
        "",
    ),
    (
        (
            r"\nabla_\theta \log p_\theta(x) = \mathbb{E}_{p_\theta(z \mid x)}[\nabla_\theta \log "
            r"p_\theta(x, z)]"
        ),
        (
            r"\nabla_\theta \log p_\theta(x) = \mathbb{E}_{p_\theta(z)}[\nabla_\theta \log "
            r"p_\theta(x, z)]"
        ),
        "",
    ),
    (
        (
            r"\mathrm{JSD}(r \,\|\, s) = \frac12 \mathrm{KL}(r \,\|\, \frac12 (r + s)) + \frac12 "
            r"\mathrm{KL}(s \,\|\, \frac12 (r + s))"
        ),
        r"\mathrm{JSD}(r \,\|\, s) = \frac12 \mathrm{KL}(r \,\|\, \frac12 (r + s))",
        "",
    ),
    (
        (
            r"\mathrm{KL}(\tfrac12 (r + s) \,\|\, s) = \sum_z \tfrac12 (r(z) + s(z)) \log "
            r"\frac{r(z) + s(z)}{2 s(z)}"
        ),
        (
            r"\mathrm{KL}(\tfrac12 (r + s) \,\|\, s) = \sum_z (r(z) + s(z)) \log \frac{r(z) + "
            r"s(z)}{2 s(z)}"
        ),
        "factor",
    ),
    (
        r"\int r(z) g(z) \,dz = \mathbb{E}_{r}[g(z)]",
        r"\int s(z) g(z) \,dz = \mathbb{E}_{r}[g(z)]",
        "",
    ),
    (
        (
            r"\mathbb{E}_{p_\theta(x)}[\mathbb{E}_{p_\theta(z \mid x)}[g(z)]] = "
            r"\mathbb{E}_{p_\theta(z)}[g(z)]"
        ),
        r"\mathbb{E}_{p_\theta(x)}[\mathbb{E}_{r(z)}[g(z)]] = \mathbb{E}_{p_\theta(z)}[g(z)]",
        "",
    ),
    (
        (
            r"\mathbb{E}_{x \sim p_\theta(x), z \sim p_\theta(z \mid x)}[g(z)] = "
            r"\mathbb{E}_{p_\theta(z)}[g(z)]"
        ),
        (
            r"\mathbb{E}_{x \sim p_\theta(x), z \sim q_\phi(z \mid x)}[g(z)] = "
            r"\mathbb{E}_{p_\theta(z)}[g(z)]"
        ),
        "",
    ),
    (r"\max_z r(z) \ge r(z)", r"\max_z r(z) \le r(z)", ""),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_tables_of_outcomes(true: str, false: str, kind: str) -> None:
    """Identities of laws over finitely many outcomes hold exactly, and corrupted ones fail."""
    FINITE.verifies(true, "stand-in")
    FINITE.rejects(false, kind)


def test_a_power_of_an_expectation_is_of_its_value() -> None:
    """`E[g]^2` is the square of the mean, and not the mean of the square."""
    mean = r"\mathbb{E}_{z \sim r}[g(z)]"
    FINITE.verifies(rf"\operatorname{{Var}}_{{z \sim r}}[g(z)] = \mathbb{{E}}_r[g(z)^2] - {mean}^2")
    FINITE.rejects(rf"\mathbb{{E}}_r[g(z)^2] = {mean}^2")


RANDOM = Problem(
    {
        "x": "n",
        "w": Sym("n", random=("0", r"\sigma^2")),
        "u": Sym("", random=("m", r"\tau^2")),
        "b": Sym("n", random=("0", r"\tau^2")),
        r"\sigma": Sym("", "positive"),
        r"\tau": Sym("", "positive"),
        "m": "",
        "I": Sym("n, n", "identity"),
    },
    dims={"n": Size(most=3)},
    indices={"i": "n", "j": "n"},
    define=(r"z = \sum_i w_i x_i",),
)


@pytest.mark.parametrize(
    ("true", "false", "kind"),
    [
        (r"\mathbb{E}[u] = m", r"\mathbb{E}[u] = 2 m", "factor"),
        (r"\mathbb{E}[w_i] + m = m", r"\mathbb{E}[w_i] + m = -m", "sign"),
        (r"\operatorname{Var}[u] = \tau^2", r"\operatorname{Var}[u] = \tau", "power"),
        (r"\mathbb{V}[w_i] = \sigma^2", r"\mathbb{V}[w_i] = -\sigma^2", "sign"),
        (
            r"\operatorname{Var}[z] = \sigma^2 \|x\|^2",
            r"\operatorname{Var}[z] = \sigma^2 \|x\|_1^2",
            "power",
        ),
        (r"\mathbb{E}[z^2] = \sigma^2 x^\top x", r"\mathbb{E}[z^2] = x^\top x", ""),
        (r"\mathbb{E}[w w^\top] = \sigma^2 I", r"\mathbb{E}[w w^\top] = 2 \sigma^2 I", "factor"),
        (r"\mathbb{E}[w_i w_j] + m = \sigma^2 [i = j] + m", r"\mathbb{E}[w_i w_j] = \sigma^2", ""),
        (r"\mathbb{E}[u^2] = m^2 + \tau^2", r"\mathbb{E}[u^2] = \tau^2", ""),
        (
            r"\operatorname{Var}[w_i + b_i] = \sigma^2 + \tau^2",
            r"\operatorname{Var}[w_i + b_i] = \sigma^2 - \tau^2",
            "sign",
        ),
        (r"\mathbb{E}[w_i u] + u = \mathbb{E}[w_i] m + u", r"\mathbb{E}[w_i u] = \sigma", ""),
    ],
)
def test_two_point_laws(true: str, false: str, kind: str) -> None:
    """Random symbols are independent, with the mean and variance that is declared."""
    RANDOM.verifies(true, "stand-in")
    RANDOM.rejects(false, kind)


@pytest.mark.parametrize(
    ("problem", "tex", "words", "hint"),
    [
        (FINITE, r"p_\theta(x \mid y) = 1", "is no law of `y`", "declared for"),
        (FINITE, r"r(x) = 1", "is no law of `x`", "declared for"),
        (FINITE, r"r(a) = 1", "is no outcome", "outcome:"),
        (FINITE, r"\mathbb{E}_{g}[a] = 1", "", ""),
        (FINITE, r"\mathbb{E}[g(z)] = 1", "under which law", "random"),
        (FINITE, r"\mathrm{KL}(r) = 1", "two laws", r"\|"),
        (FINITE, r"\mathrm{KL}(a \,\|\, r) = 1", "over which outcome", "two laws"),
        (FINITE, r"\int r(z) g(z) = 1", "over which outcome", r"\,dz"),
        (FINITE, r"\int r(z) + s(z) \,dz = 2", "a sum under an integral", "bracket"),
        (NORMAL, r"\sum_\epsilon p(\epsilon) = 1", "a sum over a normal outcome", r"\int"),
        (NORMAL, r"\mathcal{N}(m, \sigma^2) = 1", "at which point", r"\mathcal{N}(z;"),
        (NORMAL, r"\mathbb{E}_{z \sim \mathcal{N}(m, 1)}[z] = \mu", "the mean of a normal law", ""),
        (RANDOM, r"\mathbb{E}[x] = x", "under which law", "random"),
        (RANDOM.but(dims={"n": Size(least=None, most=20)}), r"\mathbb{E}[w + b + b] = 0", "", ""),
    ],
)
def test_what_names_no_law_is_refused(problem: Problem, tex: str, words: str, hint: str) -> None:
    """An expectation, divergence or integral without its law says what to write."""
    error = problem.refusal(tex)
    assert words in error.message
    assert hint in error.hint


OF_PARAMETERS = FINITE.but(
    symbols={**FINITE.symbols, r"\eta": "n"},
    define=(r"C(\theta) = -\sum_{x, z} r(z) q_\phi(z \mid x) \log p_\theta(x, z)",),
)


def test_a_law_follows_its_parameters_into_a_function() -> None:
    """A function of a law's parameter depends on it, at other arguments and in derivatives."""
    OF_PARAMETERS.verifies(
        r"C(\theta) = -\sum_{x, z} r(z) q_\phi(z \mid x) \log p_\theta(x, z)", "stand-in"
    )
    OF_PARAMETERS.rejects(r"C(\theta) = C(\eta)")
    OF_PARAMETERS.rejects(r"C(2 \theta) = C(\theta)")
    OF_PARAMETERS.verifies(
        r"\nabla_\theta C(\theta)"
        r" = -\sum_{x, z} r(z) q_\phi(z \mid x) \frac{\nabla_\theta p_\theta(x, z)}{p_\theta(x, z)}"
    )
    OF_PARAMETERS.verifies(r"C(\theta + \eta) - C(\eta + \theta) + a = a")


def test_a_status_does_not_depend_on_what_was_evaluated_before() -> None:
    """What holds by stand-ins says so, also where they were computed for an earlier line."""
    problem = FINITE.but(define=(r"m = \mathbb{E}_{z \sim r}[g(z)]",))
    session = problem.session()
    statuses = [
        check(it, session).status for it in problem.relations(r"m = m + 0 = 0 + m", session)
    ]
    assert statuses == ["stand-in", "stand-in"]
