from __future__ import annotations

import numpy as np
import pytest

from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

NORMAL = Problem(
    {
        "z": Sym("d", is_outcome=True),
        r"\epsilon": Sym(is_outcome=True),
        r"\eta": Sym("d", is_outcome=True),
        r"\mu": "d",
        r"v": Sym("d", "positive"),
        "m": "",
        "l": "",
        r"\sigma": Sym("", "positive"),
        r"\tau": Sym("", "positive"),
        "q": Sym(law="z", normal=(r"\mu", r"\operatorname{diag}(v)")),
        "p": Sym(law=r"epsilon", normal=("m", r"\sigma^2")),
        "w": "d",
        "I": Sym("d, d", "identity"),
        "f": Sym(arguments=("",)),
    },
    dims={"d": Size(most=2)},
    indices={"i": "d"},
)

NORMAL_PAIRS = [
    (
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[\epsilon^4] = 3",
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[\epsilon^4] = 1",
        "factor",
    ),
    (
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(m, \sigma^2)}[\epsilon^2] = m^2 + \sigma^2",
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(m, \sigma^2)}[\epsilon^2] = m^2 + \sigma",
        "power",
    ),
    (
        r"\mathbb{E}_{p(\epsilon)}[e^\epsilon] = e^{m + \sigma^2 / 2}",
        r"\mathbb{E}_{p(\epsilon)}[e^\epsilon] = e^{m - \sigma^2 / 2}",
        "sign",
    ),
    (
        r"\operatorname{Var}_{\epsilon \sim p}[\epsilon] = \sigma^2",
        r"\operatorname{Var}_{\epsilon \sim p}[\epsilon] = \sigma",
        "power",
    ),
    (r"\mathbb{E}_{z \sim q(z)}[z] = \mu", r"\mathbb{E}_{z \sim q(z)}[z] = -\mu", "sign"),
    (
        r"\mathbb{E}_{z \sim q}[\|z\|^2] = \|\mu\|^2 + \sum_i v_i",
        r"\mathbb{E}_{z \sim q}[\|z\|^2] = \|\mu\|^2 - \sum_i v_i",
        "sign",
    ),
    (
        r"\mathbb{E}_{z \sim q}[z z^\top] = \mu \mu^\top + \operatorname{diag}(v)",
        r"\mathbb{E}_{z \sim q}[z z^\top] = \mu \mu^\top",
        "",
    ),
    (
        r"\operatorname{Var}_{z \sim q}[z] = v",
        r"\operatorname{Var}_{z \sim q}[z] = v^{\odot 2}",
        "power",
    ),
    (
        (
            r"D_{\mathrm{KL}}(\mathcal{N}(m, \sigma^2) \,\|\, \mathcal{N}(0, 1)) = \frac12 (m^2 + "
            r"\sigma^2 - 1 - \log \sigma^2)"
        ),
        (
            r"D_{\mathrm{KL}}(\mathcal{N}(m, \sigma^2) \,\|\, \mathcal{N}(0, 1)) = \frac12 (m^2 + "
            r"\sigma^2 - 1 + \log \sigma^2)"
        ),
        "sign",
    ),
    (
        (
            r"\mathrm{KL}(\mathcal{N}(m, \sigma^2) \,\|\, \mathcal{N}(l, \tau^2)) = \log "
            r"\frac{\tau}{\sigma} + \frac{\sigma^2 + (m - l)^2}{2 \tau^2} - \frac12"
        ),
        (
            r"\mathrm{KL}(\mathcal{N}(m, \sigma^2) \,\|\, \mathcal{N}(l, \tau^2)) = \log "
            r"\frac{\tau}{\sigma} + \frac{\sigma^2 + (m - l)^2}{2 \sigma^2} - \frac12"
        ),
        "",
    ),
    (
        (
            r"\mathrm{KL}(q(z) \,\|\, \mathcal{N}(0, I)) = \frac12 \sum_i (\mu_i^2 + v_i - 1 - "
            r"\log v_i)"
        ),
        r"\mathrm{KL}(q(z) \,\|\, \mathcal{N}(0, I)) = \sum_i (\mu_i^2 + v_i - 1 - \log v_i)",
        "factor",
    ),
    (
        (
            r"\mathcal{N}(\epsilon; m, \sigma^2) = \frac{1}{\sqrt{2 \pi \sigma^2}} "
            r"e^{-\frac{(\epsilon - m)^2}{2 \sigma^2}}"
        ),
        (
            r"\mathcal{N}(\epsilon; m, \sigma^2) = \frac{1}{\sqrt{2 \pi}} e^{-\frac{(\epsilon - "
            r"m)^2}{2 \sigma^2}}"
        ),
        "",
    ),
    (
        r"\mathcal{N}(\epsilon; m, \sigma^2) = p(\epsilon)",
        r"\mathcal{N}(\epsilon; m, \sigma) = p(\epsilon)",
        "",
    ),
    (
        r"\int p(\epsilon) \epsilon \,d\epsilon = m",
        r"\int p(\epsilon) \epsilon \,d\epsilon = 2 m",
        "factor",
    ),
    (r"\int p(\epsilon) \,d\epsilon = 1", r"\int p(\epsilon) \,d\epsilon = 0", ""),
    (
        r"\frac{\partial}{\partial m} \mathbb{E}_{p(\epsilon)}[\epsilon^2] = 2 m",
        r"\frac{\partial}{\partial m} \mathbb{E}_{p(\epsilon)}[\epsilon^2] = m",
        "factor",
    ),
    (
        r"\nabla_\mu \mathbb{E}_{\eta \sim \mathcal{N}(0, I)}[\|\mu + \sigma \eta\|^2] = 2 \mu",
        (
            r"\nabla_\mu \mathbb{E}_{\eta \sim \mathcal{N}(0, I)}[\|\mu + \sigma \eta\|^2] = 2 "
            r"\sigma \mu"
        ),
        "chain",
    ),
    (
        (
            r"\mathbb{E}_{\eta \sim \mathcal{N}(0, I)}[(\mu + \sigma \eta)^\top w] = "
            r"\mathbb{E}_{q}[w^\top z]"
        ),
        (
            r"\mathbb{E}_{\eta \sim \mathcal{N}(0, I)}[(\mu + \sigma \eta)^\top w] = "
            r"-\mathbb{E}_{q}[w^\top z]"
        ),
        "sign",
    ),
]


@pytest.mark.parametrize(("true", "false", "kind"), NORMAL_PAIRS)
def test_normal_laws(true: str, false: str, kind: str) -> None:
    """Means, variances, densities and divergences of normal laws by quadrature."""
    NORMAL.verifies(true, "stand-in")
    NORMAL.rejects(false, kind)


def test_expectations_are_weighted_sums() -> None:
    """A divergence and a mean have the values that tables give in NumPy."""
    z = np.polynomial.hermite_e.hermegauss(40)
    nodes, weights = z[0], z[1] / np.sqrt(2 * np.pi)
    mean, spread = NORMAL.value("m"), NORMAL.value(r"\sigma")
    wanted = weights @ np.cos(mean + spread * nodes)
    found = NORMAL.value(r"\mathbb{E}_{\epsilon \sim \mathcal{N}(m, \sigma^2)}[\cos \epsilon]")
    np.testing.assert_allclose(found, wanted)
    np.testing.assert_allclose(found, np.exp(-(spread**2) / 2) * np.cos(mean))
    kl = NORMAL.value(r"\mathrm{KL}(\mathcal{N}(m, \sigma^2) \,\|\, \mathcal{N}(l, \tau^2))")
    other, wide = NORMAL.value("l"), NORMAL.value(r"\tau")
    closed = np.log(wide / spread) + (spread**2 + (mean - other) ** 2) / (2 * wide**2) - 0.5
    np.testing.assert_allclose(kl, closed)
