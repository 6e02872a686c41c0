"""SciPy's linear programs, for the matrix games of vr-halpern (arXiv:2310.02987)."""

import numpy as np
from scipy.optimize import linprog

from protocol import case


@case
def matrix_game(settings, arrays):
    """The value of min over x, max over y of y^T A x: the least v with A x <= v."""
    payoff = arrays["payoff"]
    rows, columns = payoff.shape
    costs = np.append(np.zeros(columns), 1)
    bounds = [(0, None)] * columns + [(None, None)]
    upper = np.hstack([payoff, -np.ones((rows, 1))])
    sums = np.append(np.ones(columns), 0)[None, :]

    def work():
        return linprog(costs, A_ub=upper, b_ub=np.zeros(rows), A_eq=sums, b_eq=[1], bounds=bounds, method="highs")

    return work, lambda solution: [[solution.fun]]
