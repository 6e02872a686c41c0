"""SciPy at the radial equation of h2-scattering-length (arXiv:2502.01877)."""

import math

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from protocol import case


@case
def scattering_length(settings, arrays):
    """u'' = [2 mu V(R) + J (J + 1)/R^2] u at zero energy, matched to A f + B g at the end and half-way."""
    radii, energies, exchange = arrays["radii"], arrays["energies"] + 1, arrays["exchange"]
    mass, momentum, end = settings["mass"], int(settings["angular momentum"]), settings["end"]
    c6, c8, c10 = settings["c6"], settings["c8"], settings["c10"]
    curve = CubicSpline(radii, energies)
    first = radii[0]
    slope = float(curve(first, 1)) + 1 / first**2
    constant = float(curve(first)) - 1 / first - slope * first

    def potential(r):
        if r < first:
            return 1 / r + constant + slope * r
        if r < radii[-1]:
            return float(curve(r))
        energy = -(c6 + (c8 + c10 / r**2) / r**2) / r**6
        if r < 300:
            energy -= (exchange[0] + exchange[1] / r + exchange[2] / r**2) * r**2.5 * math.exp(-2 * r)
        return energy

    def derivative(r, y):
        return y[1], (2 * mass * potential(r) + momentum * (momentum + 1) / r**2) * y[0]

    def tail(power, r):
        total = 1.0
        for order, coefficient in ((6, c6), (8, c8)):
            corrected = power + 2 - order
            total -= 2 * mass * coefficient / (corrected * (corrected - 1) - momentum * (momentum + 1)) * r ** (2 - order)
        return total * r**power

    def work():
        places = [end / 2, end]
        # The solution that grows inside the wall, e^(kR).
        growth = math.sqrt(2 * mass * potential(0.2) + momentum * (momentum + 1) / 0.04)
        solution = solve_ivp(
            derivative, (0.2, end), [1.0, growth], method="DOP853", t_eval=places, rtol=1e-9, atol=1e-9)
        system = np.array([[tail(momentum + 1, r), tail(-momentum, r)] for r in places])
        a, b = np.linalg.solve(system, solution.y[0])
        return -b / a / (1 if momentum == 0 else 3)

    return work, lambda length: [[length]]
