"""NumPy's singular value decomposition, for the estimators of double-descent (arXiv:2502.01585)."""

import numpy as np

from protocol import case


@case
def ridge_path(settings, arrays):
    predictors, response, strengths = arrays["predictors"], arrays["response"], arrays["strengths"]

    def work():
        left, singular, right = np.linalg.svd(predictors, full_matrices=False)
        projected = singular * (left.T @ response)
        return np.stack([(projected / (singular**2 + strength)) @ right for strength in strengths])

    return work, lambda coefficients: [coefficients]
