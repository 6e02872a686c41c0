"""A program that uses swiftcore's types: pyright accepts it, and it runs."""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import TYPE_CHECKING, assert_type

import numpy as np
import swiftcore
from numpy.typing import NDArray
from swiftcore import mathematics, science

boxes = np.array([[0.0, 0, 10, 10], [1, 1, 11, 11]])
result = science.soft_nms(boxes, [0.9, 0.8], rule="gaussian", sigma=0.5)
assert_type(result, science.SoftNmsResult)
assert_type(result.order, NDArray[np.int64])
clusters = mathematics.k_means(np.zeros((4, 2)), 2, restarts=3, seed=0)
assert_type(clusters.centroids, NDArray[np.float64])
assert_type(clusters.has_converged, bool)
assert_type(mathematics.integrate(lambda x: x * x, 0, 1).value, float)
assert_type(mathematics.normal_cdf(0.5), float)
table = mathematics.normal_cdf(np.linspace(-1, 1, 5))
print(table.shape, clusters.cost, result.rescored)
try:
    mathematics.median([])
except swiftcore.StatisticsError as error:
    print(error)

science.soft_nms(boxes, [0.9, 0.8], "hard", convention="inclusive_pixels")

if TYPE_CHECKING:
    # What is wrong is found: an ignored error that did not occur would be one itself.
    mathematics.quantile([1.0], "x")  # pyright: ignore[reportArgumentType]
    mathematics.k_means(np.zeros((4, 2)), 2)  # pyright: ignore[reportCallIssue]
    science.soft_nms(boxes, [0.9, 0.8], rule="soft")  # pyright: ignore[reportArgumentType]
    mathematics.no_such_function()  # pyright: ignore[reportAttributeAccessIssue]
