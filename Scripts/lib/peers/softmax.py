"""SciPy's softmax, for the cases of two-pass-softmax (arXiv:2001.04438)."""

import scipy.special

from protocol import case


@case
def softmax(settings, arrays):
    x = arrays["x"]
    return lambda: scipy.special.softmax(x), lambda y: [y]
