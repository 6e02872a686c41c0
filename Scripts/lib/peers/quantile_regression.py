"""scikit-learn and quantile-forest, for the base models of quantile-aggregation (arXiv:2103.00083)."""

import os

import numpy as np
from quantile_forest import RandomForestQuantileRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import QuantileRegressor

from protocol import case

threads = int(os.environ.get("OMP_NUM_THREADS", "1"))


def pinball_loss(quantiles, arrays):
    difference = arrays["new_targets"][:, None] - quantiles
    return np.maximum(arrays["levels"] * difference, (arrays["levels"] - 1) * difference).mean()


@case
def quantile_linear(settings, arrays):
    def work():
        return np.stack([
            QuantileRegressor(quantile=level, alpha=0, solver="highs")
            .fit(arrays["features"], arrays["targets"]).predict(arrays["new_features"])
            for level in arrays["levels"]], axis=-1)

    return work, lambda quantiles: [[pinball_loss(quantiles, arrays)], quantiles]


@case
def quantile_boosted_trees(settings, arrays):
    def work():
        return np.stack([
            HistGradientBoostingRegressor(
                loss="quantile", quantile=level, max_iter=80, learning_rate=0.1, max_depth=3, min_samples_leaf=10,
                early_stopping=False).fit(arrays["features"], arrays["targets"]).predict(arrays["new_features"])
            for level in arrays["levels"]], axis=-1)

    return work, lambda quantiles: [[pinball_loss(quantiles, arrays)]]


@case
def quantile_forest(settings, arrays):
    def work():
        forest = RandomForestQuantileRegressor(
            n_estimators=100, min_samples_leaf=5, max_features=2, random_state=0, n_jobs=threads)
        forest.fit(arrays["features"], arrays["targets"])
        return forest.predict(arrays["new_features"], quantiles=list(arrays["levels"]))

    return work, lambda quantiles: [[pinball_loss(quantiles, arrays)]]
