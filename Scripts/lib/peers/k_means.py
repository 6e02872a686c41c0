"""scikit-learn's KMeans, for flash-kmeans (arXiv:2603.09229)."""

import warnings

from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from protocol import case

# It is stopped after five iterations on purpose.
warnings.simplefilter("ignore", ConvergenceWarning)


@case
def k_means(settings, arrays):
    points, start = arrays["points"], arrays["start"]
    model = KMeans(
        len(start), init=start, n_init=1, max_iter=int(settings["iterations"]), tol=0, algorithm="lloyd")

    def results(fitted):
        all_results = [[fitted.inertia_], fitted.cluster_centers_]
        return all_results if points.dtype.itemsize == 4 else all_results + [fitted.labels_]

    return lambda: model.fit(points), results
