"""swiftcore called from Python: inside the embedded interpreter and as an extension, the same tests.

Only NumPy and the standard library are needed: python3 -m unittest test_swiftcore
"""

import ctypes
import gc
import inspect
import math
import pickle
import resource
import sys
import threading
import time
import unittest

import numpy as np
import swiftcore
from swiftcore import mathematics, science, statistics

import references

MODULES = {name: getattr(swiftcore, name) for name in swiftcore.__all__ if inspect.ismodule(getattr(swiftcore, name))}


def exported():
    """(full name, function) of every exported function."""
    for name, module in MODULES.items():
        for member in module.__all__:
            value = getattr(module, member)
            if inspect.isbuiltin(value):
                yield f"{name}.{member}", value


def resident():
    """Bytes of memory in use."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def trim():
    """Gives freed memory back, so that what is in use can be compared."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


class References(unittest.TestCase):
    def test_every_exported_function_has_a_reference_value(self):
        tested = {case[0] for case in references.CASES}
        self.assertEqual(tested, {name for name, _ in exported()})

    def test_reference_values(self):
        functions = dict(exported())
        for name, call, take, expected, tolerance in references.CASES:
            with self.subTest(name):
                value = take(call(functions[name]))
                expected = np.asarray(expected)
                scale = max(1e-300, float(np.abs(expected).max())) if expected.dtype != bool else 1
                self.assertEqual(np.shape(value), expected.shape)
                np.testing.assert_allclose(value, expected, rtol=0, atol=tolerance * max(scale, 1 if scale == 1e-300 else 0))


class Documentation(unittest.TestCase):
    def test_docstrings_and_signatures(self):
        for name, function in exported():
            with self.subTest(name):
                parameters = inspect.signature(function).parameters
                text = function.__doc__
                self.assertIn("\nReturns\n-------\n", text)
                for parameter in parameters:
                    self.assertIn(f"\n{parameter} : ", text)
                self.assertEqual(function.__module__, f"swiftcore.{name.split('.')[0]}")

    def test_names_and_defaults(self):
        parameters = inspect.signature(science.soft_nms).parameters
        self.assertEqual(
            list(parameters),
            ["boxes", "scores", "rule", "overlap_threshold", "sigma", "score_threshold", "convention"])
        self.assertEqual(parameters["score_threshold"].default, 0.001)
        self.assertEqual(parameters["convention"].default, "continuous")
        self.assertEqual(parameters["seed" if "seed" in parameters else "sigma"].kind, inspect.Parameter.KEYWORD_ONLY)
        self.assertEqual(inspect.signature(mathematics.k_means).parameters["seed"].default, inspect.Parameter.empty)

    def test_functions_and_results_can_be_pickled(self):
        self.assertIs(pickle.loads(pickle.dumps(mathematics.quantile)), mathematics.quantile)
        result = mathematics.t_test([1.0, 2.0, 4.0])
        self.assertEqual(pickle.loads(pickle.dumps(result)), result)

    def test_tab_completion_sees_the_modules(self):
        self.assertIn("soft_nms", dir(swiftcore.science))
        self.assertIn("SoftNmsResult", dir(swiftcore.science))
        import swiftcore.science as again

        self.assertIs(again, swiftcore.science)


class Arrays(unittest.TestCase):
    values = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.5])

    def test_other_element_types_are_converted(self):
        expected = mathematics.median([3, 1, 4, 1, 9, 2])
        for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32"):
            with self.subTest(kind):
                self.assertEqual(mathematics.median(np.array([3, 1, 4, 1, 9, 2], dtype=kind)), expected)
        self.assertEqual(mathematics.median(np.array([True, False, True])), 1)
        with self.assertRaisesRegex(TypeError, r"sample: expected elements of float64, got complex128"):
            mathematics.median(np.array([1j]))
        with self.assertRaisesRegex(TypeError, r"labels: expected elements of int64, got float64"):
            mathematics.silhouettes([[0.0], [1.0], [2.0]], np.array([0.0, 0.0, 1.0]))
        with self.assertRaisesRegex(TypeError, "got format"):
            mathematics.median(np.array([1.0], dtype=">f8"))

    def test_strided_reversed_transposed_and_read_only_memory(self):
        wide = np.zeros((6, 3))
        wide[:, 1] = self.values
        expected = mathematics.median(self.values)
        self.assertEqual(mathematics.median(wide[:, 1]), expected)
        self.assertEqual(mathematics.median(self.values[::-1]), expected)
        frozen = self.values.copy()
        frozen.flags.writeable = False
        self.assertEqual(mathematics.median(frozen), expected)
        points = np.arange(12.0).reshape(3, 4)
        np.testing.assert_array_equal(
            mathematics.pairwise_squared_distances(points.T, points.T),
            mathematics.pairwise_squared_distances(points.T.copy(), points.T.copy()))
        np.testing.assert_array_equal(
            mathematics.pairwise_squared_distances(points[:, ::2], points[:, ::2]),
            ((points[:, None, ::2] - points[None, :, ::2]) ** 2).sum(-1))

    def test_other_containers(self):
        import array

        expected = mathematics.median(self.values)
        self.assertEqual(mathematics.median(list(self.values)), expected)
        self.assertEqual(mathematics.median(tuple(self.values)), expected)
        self.assertEqual(mathematics.median(array.array("d", self.values)), expected)
        self.assertEqual(mathematics.median(memoryview(self.values)), expected)
        self.assertEqual(mathematics.median(range(5)), 2)

        class Column:
            """As a data frame's column: no buffer, but an array to be had."""

            def __array__(self, dtype=None, copy=None):
                return Arrays.values

        self.assertEqual(mathematics.median(Column()), expected)
        with self.assertRaisesRegex(TypeError, "sample: expected an array of float64, got generator"):
            mathematics.median(x for x in self.values)
        with self.assertRaisesRegex(TypeError, r"median\(\): sample\[1\]: expected a real number, got str: 'a'"):
            mathematics.median([1.0, "a"])

    def test_unaligned_memory(self):
        raw = np.zeros(8 * 6 + 1, dtype="uint8")
        unaligned = raw[1:].view("float64")
        unaligned[:] = self.values
        self.assertFalse(unaligned.flags.aligned)
        self.assertEqual(mathematics.median(unaligned), mathematics.median(self.values))

    def test_an_array_of_the_right_kind_is_not_copied(self):
        count = 10_000_000
        values, abscissas = np.ones(count), np.arange(float(count))
        trim()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.assertEqual(mathematics.trapezoid(values, abscissas), count - 1)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
        self.assertLess(grown, 8_000_000, "of 160 MB")

    def test_a_result_owns_its_memory_and_frees_it(self):
        count = 4_000_000
        mathematics.fourier_frequencies(10)
        trim()
        before = resident()
        result = mathematics.fourier_frequencies(count)
        self.assertLess(resident() - before, 1.3 * 8 * count)
        view = result[::2]
        expected = np.fft.fftfreq(count)
        np.testing.assert_allclose(result, expected, rtol=1e-15, atol=0)
        self.assertTrue(result.flags.writeable)
        result[0] = 7
        self.assertEqual(view[0], 7)
        del result, expected
        self.assertEqual(view[0], 7)
        del view
        # Freed memory is pooled: twenty more results need no more than two.
        for _ in range(20):
            mathematics.fourier_frequencies(count)
        trim()
        self.assertLess(resident() - before, 2.5 * 8 * count)

    def test_results_do_not_share_memory(self):
        first = mathematics.k_means_from([[0.0], [1.0], [9.0]], [[0.0], [9.0]])
        first.centroids[:] = 100
        second = mathematics.k_means_from([[0.0], [1.0], [9.0]], [[0.0], [9.0]])
        np.testing.assert_array_equal(second.centroids, [[0.5], [9.0]])
        given = np.array([[0.0], [1.0], [9.0]])
        mathematics.k_means_from(given, [[0.0], [9.0]])
        np.testing.assert_array_equal(given, [[0.0], [1.0], [9.0]])

    def test_empty_arrays(self):
        with self.assertRaisesRegex(swiftcore.StatisticsError, "sample"):
            mathematics.median([])
        with self.assertRaises(swiftcore.StatisticsError):
            mathematics.median(np.zeros(0))
        result = science.soft_nms(np.zeros((0, 4)), np.zeros(0), "hard")
        self.assertEqual((result.order.shape, result.order.dtype, result.rescored.shape), ((0,), np.int64, (0,)))
        self.assertEqual(science.soft_nms([], [], "hard").order.shape, (0,))
        self.assertEqual(mathematics.normal_cdf(np.zeros((0, 3))).shape, (0, 3))

    def test_nan(self):
        self.assertTrue(math.isnan(mathematics.digamma(math.nan)))
        with self.assertRaisesRegex(ValueError, "sample"):
            mathematics.median([1.0, math.nan])
        with self.assertRaisesRegex(ValueError, "points"):
            mathematics.k_means([[math.nan], [1.0]], 1, seed=0)
        with self.assertRaisesRegex(swiftcore.BoxError, r"scores\[1\]"):
            science.soft_nms([[0, 0, 1, 1], [0, 0, 2, 2]], [0.5, math.nan], "hard")

    def test_element_by_element(self):
        x = np.linspace(-3, 3, 12).reshape(3, 4)
        expected = np.array([[mathematics.normal_cdf(v) for v in row] for row in x])
        np.testing.assert_array_equal(mathematics.normal_cdf(x), expected)
        np.testing.assert_array_equal(mathematics.normal_cdf(x.T), expected.T)
        np.testing.assert_array_equal(mathematics.normal_cdf(x.tolist()), expected)
        self.assertIsInstance(mathematics.normal_cdf(1), float)
        self.assertIsInstance(mathematics.normal_cdf(np.float64(1)), float)
        self.assertIsInstance(mathematics.normal_cdf(np.float32(1)), float)
        a, b = np.array([[1.0], [2.0], [3.5]]), np.array([0.5, 1.5])
        np.testing.assert_array_equal(
            mathematics.log_beta(a, b), [[mathematics.log_beta(p, q) for q in b] for p in a[:, 0]])
        np.testing.assert_array_equal(mathematics.log_beta(a, 2), [[mathematics.log_beta(p, 2)] for p in a[:, 0]])
        with self.assertRaisesRegex(ValueError, r"b: has shape \(3,\) and a has shape \(2,\)"):
            mathematics.log_beta([1.0, 2.0], [1.0, 2.0, 3.0])


class Arguments(unittest.TestCase):
    def test_wrong_numbers_of_arguments(self):
        for call, text in [
            (lambda: mathematics.quantile(), r"quantile\(\) missing required argument 'sample'"),
            (lambda: mathematics.quantile([1.0]), "missing required argument 'probability'"),
            (lambda: mathematics.quantile([1.0], 0.5, "linear"), r"takes 2 positional arguments but 3 were given"),
            (lambda: mathematics.quantile([1.0], 0.5, methd="linear"), "unexpected keyword argument 'methd'"),
            (lambda: mathematics.quantile([1.0], 0.5, sample=[2.0]), "multiple values for argument 'sample'"),
            (lambda: mathematics.k_means([[1.0]], 1), "missing required keyword-only argument 'seed'"),
        ]:
            with self.assertRaisesRegex(TypeError, text):
                call()

    def test_wrong_types_name_the_argument_the_value_and_what_was_expected(self):
        for call, text in [
            (lambda: mathematics.quantile([1.0], "x"), r"quantile\(\): probability: expected a real number, got str: 'x'"),
            (lambda: mathematics.quantile([1.0], None), "probability: expected a real number, got None"),
            (lambda: mathematics.quantile(1.0, 0.5), "sample: expected an array of float64, got float: 1.0"),
            (lambda: mathematics.k_means([[1.0]], 1.5, seed=0), "clusters: expected an integer of 64 bits, got float: 1.5"),
            (lambda: mathematics.two_sample_t_test([1.0, 2.0], [1.0, 3.0], assuming_equal_variances=1),
             "assuming_equal_variances: expected True or False, got int: 1"),
            (lambda: mathematics.integrate(3, 0, 1), "function: expected a callable, got int: 3"),
            (lambda: mathematics.find_root(math.sin, 3), r"range: expected a pair \(lowest, highest\), got int: 3"),
            (lambda: mathematics.quantile([1.0], 0.5, method=3), "method: expected one of 'inverse_distribution', "),
            (lambda: science.soft_nms([(0, 0, 1)], [1.0], "hard"), r"boxes\[0\]: expected a Box: \(x_min, y_min"),
            (lambda: science.soft_nms_of_detections([(0, 1, (0, 0, 1, "a"), 0.5)], "hard"),
             r"detections\[0\]\.box\.y_max: expected a real number, got str: 'a'"),
        ]:
            with self.assertRaisesRegex(TypeError, text):
                call()

    def test_wrong_values(self):
        for call, text in [
            (lambda: mathematics.quantile([1.0], 0.5, method="cubic"), "method: expected one of .* got 'cubic'"),
            (lambda: mathematics.k_means([1.0, 2.0], 1, seed=0), r"points: expected an array of 2 dimensions, got shape \(2,\)"),
            (lambda: science.soft_nms(np.zeros((2, 3)), [1.0, 1.0], "hard"), r"boxes: expected an array of shape \(n, 4\), got shape \(2, 3\)"),
            (lambda: mathematics.pairwise_squared_distances([[1.0, 2.0]], [[1.0]]),
             r"x has shape \(1, 2\) and y has shape \(1, 1\): expected x.columns == y.columns"),
            (lambda: swiftcore.deep_learning.pass_at_k(3, 5, 1), "n is 3 and c is 5 and k is 1: expected 0 <= c and c <= n"),
            (lambda: mathematics.k_means([[1.0, 2.0], [3.0]], 1, seed=0), r"points\[1\]: expected 2 elements as in the rows before, got 1"),
            (lambda: mathematics.k_means_from([[1.0, 2.0]], [[1.0]]), r"initial_centroids has shape \(1, 1\) and points has shape \(1, 2\)"),
            (lambda: mathematics.find_root(math.sin, (2, 1)), "range: expected lowest <= highest"),
        ]:
            with self.assertRaisesRegex(ValueError, text):
                call()
        with self.assertRaisesRegex(OverflowError, "clusters: expected an integer of 64 bits"):
            mathematics.k_means([[1.0]], 2**70, seed=0)
        with self.assertRaisesRegex(OverflowError, "seed: expected an integer from 0"):
            mathematics.k_means([[1.0]], 1, seed=-1)

    def test_values_of_an_enumeration(self):
        boxes, scores = [[0, 0, 10, 10], [1, 1, 11, 11]], [0.9, 0.8]
        by_keyword = science.soft_nms(boxes, scores, "gaussian", sigma=0.7).rescored
        np.testing.assert_array_equal(by_keyword, science.soft_nms(boxes, scores, ("gaussian", 0.7)).rescored)
        np.testing.assert_array_equal(
            science.soft_nms(boxes, scores, rule="gaussian").rescored,
            science.soft_nms(boxes, scores, rule="gaussian", sigma=0.5).rescored)
        with self.assertRaisesRegex(TypeError, "sigma: has no meaning with rule='hard'"):
            science.soft_nms(boxes, scores, "hard", sigma=0.7)
        with self.assertRaisesRegex(ValueError, "rule: expected one of 'hard', 'linear', 'gaussian', 'none', got 'soft'"):
            science.soft_nms(boxes, scores, "soft")
        with self.assertRaisesRegex(swiftcore.BoxError, "rule.sigma"):
            science.soft_nms(boxes, scores, "gaussian", sigma=-1.0)

    def test_structures_given_in_every_form(self):
        detections = [
            science.Detection(0, 1, science.Box(0, 0, 10, 10), 0.9),
            dict(image=0, category=1, box=[1, 1, 11, 11], score=0.8),
            (0, 1, np.array([20.0, 20, 30, 30]), 0.7),
        ]
        result = science.soft_nms_of_detections(detections, "hard")
        self.assertEqual([d.score for d in result], [0.9, 0.7])
        self.assertIsInstance(result[0], science.Detection)
        self.assertEqual(result[0].box, (0, 0, 10, 10))
        # What came out goes in again.
        self.assertEqual(science.soft_nms_of_detections(result, "hard"), result)
        model = statistics.power_law_model(4, 1.5, 0.5, 0.1)
        self.assertEqual(model._fields, ("eigenvalues", "target", "noise"))
        self.assertGreater(statistics.linear_ridge_theory(model, 20.0, 0.1).risk, 0)

    def test_options_are_keyword_arguments(self):
        kept = science.coco_evaluation(
            [(0, 1, (0, 0, 10, 10), 0.9)], [(0, 1, (0, 0, 10, 10))], overlap_thresholds=[0.5], maximum_detections=[10])
        self.assertEqual(kept.average_precision, 1)
        with self.assertRaisesRegex(swiftcore.BoxError, "overlap"):
            science.coco_evaluation([], [(0, 1, (0, 0, 1, 1))], overlap_thresholds=[1.5])


class Errors(unittest.TestCase):
    def test_swift_errors_are_python_exceptions(self):
        with self.assertRaises(swiftcore.RootFindingError) as caught:
            mathematics.find_root(lambda x: x * x + 1, (0, 1))
        self.assertNotIsInstance(caught.exception, ValueError)
        self.assertIsInstance(caught.exception, swiftcore.Error)
        self.assertIn("expected opposite signs", str(caught.exception))
        with self.assertRaises(ValueError) as caught:
            mathematics.k_means([[1.0]], 2, seed=0)
        self.assertIsInstance(caught.exception, swiftcore.LinearAlgebraError)
        with self.assertRaisesRegex(swiftcore.LinearProgramError, "infeasible"):
            mathematics.linear_program([1.0], constraints=[([0], [1.0], ("at_most", -1.0))])
        with self.assertRaisesRegex(swiftcore.LinearAlgebraError, "maximum_iterations is -1"):
            mathematics.k_means_from([[1.0]], [[1.0]], maximum_iterations=-1)

    def test_what_a_callback_raises_comes_through(self):
        calls = []

        def failing(x):
            calls.append(x)
            raise KeyError("no value")

        try:
            mathematics.integrate(failing, 0, 1)
        except KeyError as error:
            self.assertEqual(error.__traceback__.tb_next.tb_frame.f_code.co_name, "failing")
        else:
            self.fail("no KeyError")
        self.assertEqual(len(calls), 1)
        with self.assertRaisesRegex(TypeError, r"function\(…\): expected a real number, got str"):
            mathematics.integrate(lambda x: "text", 0, 1)
        with self.assertRaisesRegex(ValueError, r"function\(…\): expected shape \(2,\) as its argument has, got shape \(1,\)"):
            mathematics.solve_ode(lambda t, y: [1.0], 0.0, 1.0, [0.0, 0.0])
        with self.assertRaisesRegex(ValueError, r"score\(…\): expected shape"):
            science.reverse_samples(10, "stochastic", lambda x, t: x[:1], step_count=11, seed=0)

    def test_a_callback_may_call_back(self):
        inner = lambda x: mathematics.integrate(lambda t: t * x, 0, 1).value
        self.assertAlmostEqual(mathematics.find_root(lambda x: inner(x) - 1, (0, 5)), 2, places=10)


class ThreadsAndMemory(unittest.TestCase):
    def test_a_million_calls_leave_memory_flat(self):
        boxes, scores = np.array([[0.0, 0, 10, 10], [1, 1, 11, 11]]), np.array([0.9, 0.8])

        def mixed(count):
            for _ in range(count):
                mathematics.digamma(2.5)
                mathematics.normal_cdf(0.5)
                mathematics.regularized_gamma_p(2.0, 1.5)
                science.soft_nms(boxes, scores, "gaussian", sigma=0.5)
                try:
                    mathematics.digamma("x")
                except TypeError:
                    pass

        mixed(20_000)
        trim()
        before = resident()
        mixed(200_000)
        trim()
        self.assertLess(resident() - before, 2_000_000)

    def test_callbacks_and_structures_leave_memory_flat(self):
        def mixed(count):
            for _ in range(count):
                mathematics.find_root(lambda x: x - 0.3, (0, 1))
                mathematics.k_means_from([[0.0], [1.0], [9.0]], [[0.0], [9.0]])
                science.soft_nms_of_detections([(0, 1, (0, 0, 10, 10), 0.9)], "hard")
                try:
                    mathematics.integrate(lambda x: 1 / 0, 0, 1)
                except ZeroDivisionError:
                    pass

        mixed(2_000)
        trim()
        before = resident()
        mixed(20_000)
        trim()
        self.assertLess(resident() - before, 2_000_000)

    def test_two_threads_at_once(self):
        generator = np.random.default_rng(0)
        points = generator.normal(size=(400, 3))
        costs = generator.random((60, 60))

        def work(seed):
            return (
                mathematics.k_means(points, 5, seed=seed).cost,
                mathematics.optimal_transport(costs, np.full(60, 1 / 60), np.full(60, 1 / 60)).cost,
                mathematics.integrate(lambda x: math.sin(seed * x), 0, 1).value,
                mathematics.normal_cdf(points).sum(),
            )

        alone = [work(seed) for seed in range(8)]
        for _ in range(3):
            together = [None] * 8
            threads = [
                threading.Thread(target=lambda seed=seed: together.__setitem__(seed, work(seed))) for seed in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(together, alone)

    def test_other_threads_run_while_swift_computes(self):
        costs = np.random.default_rng(1).random((700, 700))
        done, counted = threading.Event(), []

        def count():
            ticks = 0
            while not done.is_set():
                ticks += 1
            counted.append(ticks)

        thread = threading.Thread(target=count)
        thread.start()
        begin = time.process_time(), time.thread_time()
        mathematics.optimal_transport(costs, np.full(700, 1 / 700), np.full(700, 1 / 700))
        done.set()
        thread.join()
        # With the lock held for the whole call, the other thread would have counted next to nothing.
        self.assertGreater(counted[0], 1000)

    def test_the_same_seed_gives_the_same_result(self):
        points = np.random.default_rng(0).normal(size=(200, 2))
        first, second = mathematics.k_means(points, 4, seed=9), mathematics.k_means(points, 4, seed=9)
        np.testing.assert_array_equal(first.labels, second.labels)
        self.assertNotEqual(
            science.gaussian_mixture_samples(([1.0], [[0.0]], [[[1.0]]]), 1, seed=1)[0, 0],
            science.gaussian_mixture_samples(([1.0], [[0.0]], [[[1.0]]]), 1, seed=2)[0, 0])


if __name__ == "__main__":
    sys.exit(unittest.main())
