"""NumPy and SciPy at the work of `Scripts/bench mathematics`, as their users write it."""

import math
import os

import numpy as np
import scipy
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.optimize
import scipy.sparse

from protocol import case, serve

threads = int(os.environ.get("OPENBLAS_NUM_THREADS", "1"))


# Linear algebra


@case
def matrix_product(settings, arrays):
    a, b = arrays["a"], arrays["b"]
    return lambda: a @ b, lambda c: [c]


@case
def transposed_product(settings, arrays):
    a, b = arrays["a"], arrays["b"]
    return lambda: a.T @ b, lambda c: [c]


@case
def matrix_vector(settings, arrays):
    a, x = arrays["a"], arrays["x"]
    return lambda: a @ x, lambda y: [y]


@case
def singular_values(settings, arrays):
    a = arrays["a"]
    return lambda: np.linalg.svd(a, full_matrices=False), lambda r: [r[1], (r[0] * r[1]) @ r[2]]


@case
def symmetric_eigen(settings, arrays):
    a = arrays["a"]
    return lambda: np.linalg.eigh(a), lambda r: [r[0], (r[1] * r[0]) @ r[1].T]


@case
def general_eigen(settings, arrays):
    a = arrays["a"]
    return lambda: np.linalg.eig(a), lambda r: [np.abs(r[0]), ((r[1] * r[0]) @ np.linalg.inv(r[1])).real]


@case
def exponential(settings, arrays):
    a = arrays["a"]
    return lambda: scipy.linalg.expm(a), lambda x: [x]


@case
def square_root(settings, arrays):
    a = arrays["a"]
    return lambda: scipy.linalg.sqrtm(a), lambda x: [x.real]


@case
def logarithm(settings, arrays):
    a = arrays["a"]
    return lambda: scipy.linalg.logm(a), lambda x: [x.real]


@case
def solve(settings, arrays):
    a, b = arrays["a"], arrays["b"]
    return lambda: np.linalg.solve(a, b), lambda x: [x]


@case
def cholesky(settings, arrays):
    a = arrays["a"]
    return lambda: np.linalg.cholesky(a), lambda lower: [lower]


@case
def least_squares(settings, arrays):
    a, b = arrays["a"], arrays["b"]
    return lambda: np.linalg.lstsq(a, b, rcond=None)[0], lambda x: [x]


@case
def qr(settings, arrays):
    a = arrays["a"]
    return lambda: np.linalg.qr(a), lambda r: [np.abs(r[1]), r[0] @ r[1]]


# Fourier transforms


def parts(z):
    return [np.stack([z.real, z.imag], axis=-1)]


@case
def fourier(settings, arrays):
    x = arrays["real"] + 1j * arrays["imaginary"]
    return lambda: scipy.fft.fft(x), parts


@case
def real_fourier(settings, arrays):
    x = arrays["real"]
    return lambda: scipy.fft.rfft(x), parts


@case
def plane_fourier(settings, arrays):
    x = arrays["real"] + 1j * arrays["imaginary"]
    return lambda: scipy.fft.fft2(x, workers=threads), parts


# Random numbers: another generator, so that moments are compared.


def moments(x):
    return [[1 + x.mean()], [x.var()], [(x**4).mean()], [(np.abs(x) < 0.5).mean()]]


@case
def normal(settings, arrays):
    generator, count = np.random.Generator(np.random.Philox(1)), int(settings["count"])
    return lambda: generator.standard_normal(count), moments


@case
def uniform(settings, arrays):
    generator, count = np.random.Generator(np.random.Philox(1)), int(settings["count"])
    return lambda: generator.random(count), moments


@case
def small_normal_batches(settings, arrays):
    generator = np.random.Generator(np.random.Philox(1))
    count, batches = int(settings["count"]), int(settings["batches"])

    def work():
        return [generator.standard_normal(count) for _ in range(batches)]

    return work, lambda x: moments(np.concatenate(x))


@case
def small_statistics(settings, arrays):
    samples = list(arrays["samples"])

    def work():
        return [(sample.mean(), sample.std(ddof=1)) for sample in samples]

    return work, lambda pairs: [np.array(pairs)]


@case
def gamma(settings, arrays):
    generator, count = np.random.Generator(np.random.Philox(1)), int(settings["count"])
    return lambda: generator.standard_gamma(settings["shape"], count), lambda x: [[x.mean()], [x.var()]]


@case
def sort(settings, arrays):
    x = arrays["x"]
    return lambda: np.sort(x), lambda y: [y]


# Transport


@case
def transport_program(settings, arrays):
    costs = arrays["costs"]
    rows, columns = costs.shape
    constraints = scipy.sparse.vstack(
        [
            scipy.sparse.kron(scipy.sparse.identity(rows), np.ones((1, columns))),
            scipy.sparse.kron(np.ones((1, rows)), scipy.sparse.identity(columns)),
        ]
    ).tocsr()
    masses = np.concatenate([arrays["source"], arrays["target"]])

    def work():
        return scipy.optimize.linprog(costs.ravel(), A_eq=constraints, b_eq=masses, method="highs")

    return work, lambda solution: [[solution.fun]]


@case
def assignment(settings, arrays):
    costs = arrays["costs"]

    def results(pairs):
        return [[costs[pairs].sum() * settings["scale"]]]

    return lambda: scipy.optimize.linear_sum_assignment(costs), results


# Sparse products


def sparse(settings, arrays):
    shape = (int(settings["rows"]), int(settings["columns"]))
    # SciPy's own indices are of 32 bits.
    return scipy.sparse.csr_matrix(
        (arrays["values"], arrays["indices"].astype(np.int32), arrays["starts"].astype(np.int32)), shape=shape
    )


@case
def sparse_vector(settings, arrays):
    a, x = sparse(settings, arrays), arrays["x"]
    return lambda: a @ x, lambda y: [y]


@case
def sparse_dense(settings, arrays):
    a, b = sparse(settings, arrays), arrays["b"]
    return lambda: a @ b, lambda c: [c]


@case
def sparse_sparse(settings, arrays):
    a = sparse(settings, arrays)
    ones = np.ones(a.shape[1])
    return lambda: a @ a, lambda c: [c @ ones, [c.nnz]]


# Python loops


@case
def quadrature(settings, arrays):
    frequency = settings["frequency"]

    def integrand(x):
        return math.exp(-x) * math.cos(frequency * x) * math.sqrt(x)

    def work():
        return scipy.integrate.quad(integrand, 0, 10, epsabs=1e-12, epsrel=1e-10, limit=500)

    return work, lambda result: [[result[0]]]


@case
def lorenz(settings, arrays):
    def right_hand_side(t, y):
        return [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]]

    def work():
        return scipy.integrate.solve_ivp(
            right_hand_side, (0, 5), [1.0, 1.0, 1.0], method="RK45", rtol=1e-8, atol=1e-10
        )

    return work, lambda solution: [solution.y[:, -1]]


@case
def van_der_pol(settings, arrays):
    stiffness = settings["stiffness"]

    def right_hand_side(t, y):
        return [y[1], stiffness * (1 - y[0] * y[0]) * y[1] - y[0]]

    def work():
        return scipy.integrate.solve_ivp(
            right_hand_side, (0, settings["end"]), [2.0, 0.0], method="Radau", rtol=1e-7, atol=1e-9
        )

    return work, lambda solution: [solution.y[:1, -1]]


@case
def lasso_path(settings, arrays):
    """Cyclic coordinate descent with covariance updates and warm starts along a path of penalties."""
    x, y, penalties = arrays["x"], arrays["y"], arrays["penalties"]
    rows, columns = x.shape
    tolerance = settings["tolerance"]

    def work():
        gram, correlation = x.T @ x / rows, x.T @ y / rows
        squares = gram.diagonal().copy()
        target = y @ y / rows
        coefficients = np.zeros(columns)
        gradient = correlation.copy()  # Xᵀ(y − Xw)/n
        path = []
        for penalty in penalties:
            while True:
                for j in range(columns):
                    old = coefficients[j]
                    z = gradient[j] + squares[j] * old
                    new = math.copysign(max(abs(z) - penalty, 0.0), z) / squares[j]
                    if new != old:
                        gradient -= gram[j] * (new - old)
                        coefficients[j] = new
                residual = target - coefficients @ (correlation + gradient)  # ‖y − Xw‖²/n
                norm = np.abs(gradient).max()
                scale = min(1.0, penalty / norm) if norm > 0 else 1.0
                against = target - coefficients @ correlation  # (y − Xw)ᵀy/n
                primal = residual / 2 + penalty * np.abs(coefficients).sum()
                dual = scale * against - scale * scale * residual / 2
                if primal - dual <= tolerance * target:
                    break
            path.append(coefficients.copy())
        return np.array(path)

    return work, lambda path: [path]


@case
def rosenbrock(settings, arrays):
    start = arrays["start"]

    def value(x):
        return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))

    def gradient(x):
        result = np.zeros_like(x)
        for i in range(len(x) - 1):
            result[i] += -400 * x[i] * (x[i + 1] - x[i] ** 2) - 2 * (1 - x[i])
            result[i + 1] += 200 * (x[i + 1] - x[i] ** 2)
        return result

    def work():
        return scipy.optimize.minimize(value, start, jac=gradient, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 1e-15, "maxiter": 5000, "maxfun": 20000})

    return work, lambda result: [result.x]


serve(f"NumPy {np.__version__}, SciPy {scipy.__version__}")
