"""Reference values of every exported function. The comment above each is the expression that gave the value, in
NumPy (np), SciPy (sp special, st stats, si integrate, so optimize, sd spatial.distance), scikit-learn (skm, skc, skl)
or POT (ot), or by hand.
"""

import math
import os
import tempfile

import numpy as np_


X = [[0.0, 0.0], [0.1, 0.2], [5.0, 5.0], [5.2, 4.9], [0.2, 0.1], [9.0, 1.0]]
Y = [[1.0, 0.5], [4.0, 2.0], [6.0, 6.0]]
S = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9]
T = [1.2, 2.9, 2.2, 4.1, 3.3, 3.0, 2.1, 5.2]
P = [0.1, 0.2, 0.3, 0.4]
Q = [0.25, 0.25, 0.25, 0.25]
COSTS = [[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]]
COSTS_SYM = [[0.0, 1.0, 2.0], [1.0, 0.0, 1.5], [2.0, 1.5, 0.0]]
np_a = np_.asarray
# Buses, lines, the fed bus and kV.
ONE_LINE = ([(1, 0.0, 0.0), (2, 3000.0, 1800.0)], [(0, 1, 0.7, 1.1, False)], 0, 10.0)
TWO_LINES = (ONE_LINE[0], [(0, 1, 1.4, 2.2, False), (1, 0, 1.4, 2.2, False)], 0, 10.0)
UNEQUAL_LINES = (ONE_LINE[0], [(0, 1, 0.7, 1.1, True), (0, 1, 1.4, 2.2, False)], 0, 10.0)
POESCHL_TELLER = -20 / (6 * np_.cosh(0.002 * np_.arange(1, 20001)) ** 2)


def feeder():
    """The 33-bus feeder."""
    from swiftcore import science
    return science.baran_wu_feeder()


def case_file():
    """The path of a case of two buses and one line."""
    path = os.path.join(tempfile.mkdtemp(), "two_buses.m")
    with open(path, "w") as file:
        file.write("""mpc.baseMVA = 10;
mpc.bus = [1 3 0 0 0 0 1 1 0 11 1 1 1; 2 1 2 1.5 0 0 1 1 0 11 1 1.1 0.9];
mpc.branch = [1 2 0.5 0.6 0 0 0 0 0 0 1 -360 360];
""")
    return path


def np_t(rows):
    """Rows as columns: strided memory, which is copied."""
    return np_.asarray(rows).T


def saved(points):
    """The path of a new .npy file of float32."""
    path = os.path.join(tempfile.mkdtemp(), "points.npy")
    np_.save(path, np_.asarray(points, dtype=np_.float32))
    return path


# (function, call, what of the result is compared, reference value, tolerance relative to the largest element)
CASES = [
    # sp.erfcx(1.3)
    ("mathematics.erfcx", lambda f: f(1.3), lambda r: r, 0.3576426690860904, 1e-12),
    # sp.erfinv(0.3)
    ("mathematics.inverse_erf", lambda f: f(0.3), lambda r: r, 0.2724627147267544, 1e-11),
    # sp.erfcinv(0.3)
    ("mathematics.inverse_erfc", lambda f: f(0.3), lambda r: r, 0.7328690779592171, 1e-11),
    # sp.gammaln(4.7)
    ("mathematics.log_gamma", lambda f: f(4.7), lambda r: r, 2.736405146315567, 1e-12),
    # sp.digamma(2.5)
    ("mathematics.digamma", lambda f: f(2.5), lambda r: r, 0.7031566406452432, 1e-12),
    # sp.polygamma(1, 2.5)
    ("mathematics.trigamma", lambda f: f(2.5), lambda r: r, 0.4903577561002349, 1e-12),
    # sp.betaln(2.5, 1.5)
    ("mathematics.log_beta", lambda f: f(2.5, 1.5), lambda r: r, -1.6278588363903812, 1e-12),
    # st.norm.cdf(0.7)
    ("mathematics.normal_cdf", lambda f: f(0.7), lambda r: r, 0.758036347776927, 1e-12),
    # st.norm.logcdf(-12.0)
    ("mathematics.normal_log_cdf", lambda f: f(-12.0), lambda r: r, -75.41067300156881, 1e-12),
    # st.norm.pdf(0.7)
    ("mathematics.normal_pdf", lambda f: f(0.7), lambda r: r, 0.31225393336676127, 1e-12),
    # st.norm.logpdf(0.7)
    ("mathematics.normal_log_pdf", lambda f: f(0.7), lambda r: r, -1.1639385332046726, 1e-12),
    # (lambda x: st.norm.sf(x) / st.norm.pdf(x))(1.4)
    ("mathematics.normal_mills_ratio", lambda f: f(1.4), lambda r: r, 0.5393576849169067, 1e-12),
    # st.norm.ppf(0.975)
    ("mathematics.normal_quantile", lambda f: f(0.975), lambda r: r, 1.959963984540054, 1e-12),
    # sp.iv(1.5, 2.0)
    ("mathematics.bessel_i", lambda f: f(1.5, 2.0), lambda r: r, 1.0994731886331102, 1e-12),
    # sp.kv(1.5, 2.0)
    ("mathematics.bessel_k", lambda f: f(1.5, 2.0), lambda r: r, 0.1799066579520922, 1e-12),
    # sp.jv(1.5, 2.0)
    ("mathematics.bessel_j", lambda f: f(1.5, 2.0), lambda r: r, 0.49129377868716273, 1e-12),
    # sp.yv(1.5, 2.0)
    ("mathematics.bessel_y", lambda f: f(1.5, 2.0), lambda r: r, -0.39562328135870356, 1e-12),
    # sp.spherical_jn(2, 1.5)
    ("mathematics.spherical_bessel_j", lambda f: f(2, 1.5), lambda r: r, 0.12734928368840834, 1e-12),
    # sp.spherical_yn(2, 1.5)
    ("mathematics.spherical_bessel_y", lambda f: f(2, 1.5), lambda r: r, -1.3457126936204509, 1e-12),
    # (lambda x, a, b: sp.betainc(a, b, x))(0.3, 2.0, 3.0)
    ("mathematics.regularized_beta", lambda f: f(0.3, 2.0, 3.0), lambda r: r, 0.34829999999999994, 1e-12),
    # (lambda x, a, b: sp.betainc(b, a, 1 - x))(0.3, 2.0, 3.0)
    ("mathematics.regularized_beta_complement", lambda f: f(0.3, 2.0, 3.0), lambda r: r, 0.6517, 1e-12),
    # (lambda p, a, b: sp.betaincinv(a, b, p))(0.3, 2.0, 3.0)
    ("mathematics.inverse_regularized_beta", lambda f: f(0.3, 2.0, 3.0), lambda r: r, 0.27238394207510536, 1e-11),
    # sp.gammainc(2.0, 1.5)
    ("mathematics.regularized_gamma_p", lambda f: f(2.0, 1.5), lambda r: r, 0.4421745996289252, 1e-12),
    # sp.gammaincc(2.0, 1.5)
    ("mathematics.regularized_gamma_q", lambda f: f(2.0, 1.5), lambda r: r, 0.5578254003710748, 1e-12),
    # sp.gammaincinv(2.0, 0.3)
    ("mathematics.inverse_regularized_gamma_p", lambda f: f(2.0, 0.3), lambda r: r, 1.0973492107034917, 1e-11),
    # sp.gammainccinv(2.0, 0.3)
    ("mathematics.inverse_regularized_gamma_q", lambda f: f(2.0, 0.3), lambda r: r, 2.439216483280204, 1e-11),
    # (lambda x: sp.lambertw(x).real)(1.0)
    ("mathematics.lambert_w", lambda f: f(1.0), lambda r: r, 0.5671432904097838, 1e-12),
    # (lambda x: np.log1p(-np.exp(x)))(-1.2)
    ("mathematics.log1mexp", lambda f: f(-1.2), lambda r: r, -0.3583824178604339, 1e-12),
    # (lambda x: np.log1p(np.exp(x)))(0.4)
    ("mathematics.log1pexp", lambda f: f(0.4), lambda r: r, 0.9130152523999526, 1e-12),
    # (lambda x: np.log1p(np.exp(x)))(0.7)
    ("mathematics.softplus", lambda f: f(0.7), lambda r: r, 1.103186048885458, 1e-12),
    # sp.expit(0.7)
    ("mathematics.logistic", lambda f: f(0.7), lambda r: r, 0.6681877721681662, 1e-12),
    # sp.logit(0.7)
    ("mathematics.logit", lambda f: f(0.7), lambda r: r, 0.8472978603872034, 1e-12),
    # np.logaddexp(1.0, 2.0)
    ("mathematics.log_add_exp", lambda f: f(1.0, 2.0), lambda r: r, 2.313261687518223, 1e-12),
    # sp.xlogy(2.0, 3.0)
    ("mathematics.x_log_y", lambda f: f(2.0, 3.0), lambda r: r, 2.1972245773362196, 1e-12),
    # (lambda u, t: math.copysign(max(abs(u) - t, 0), u))(-2.5, 1.0)
    ("mathematics.soft_threshold", lambda f: f(-2.5, 1.0), lambda r: r, -1.5, 1e-12),
    # (lambda u, t: u if abs(u) > t else 0.0)(-2.5, 1.0)
    ("mathematics.hard_threshold", lambda f: f(-2.5, 1.0), lambda r: r, -2.5, 1e-12),
    # np.quantile(S, 0.3)
    ("mathematics.quantile", lambda f: f(S, 0.3), lambda r: r, 2.77, 1e-09),
    # np.quantile(S, [0.1, 0.5, 0.9])
    ("mathematics.quantiles", lambda f: f(S, [0.1, 0.5, 0.9]), lambda r: r, [2.04, 3.5999999999999996, 5.11], 1e-09),
    # np.median(S)
    ("mathematics.median", lambda f: f(S), lambda r: r, 3.5999999999999996, 1e-09),
    # st.iqr(S)
    ("mathematics.interquartile_range", lambda f: f(S), lambda r: r, 1.975, 1e-09),
    # st.median_abs_deviation(S)
    ("mathematics.median_absolute_deviation", lambda f: f(S), lambda r: r, 1.1, 1e-09),
    # np.repeat([1.0, 2.0, 3.0], [1, 1, 8])[4]
    ("mathematics.weighted_quantile", lambda f: f([1.0, 2.0, 3.0], [1.0, 1.0, 8.0], 0.5), lambda r: r, 3.0, 1e-09),
    # st.ttest_1samp(S, 3.0)[1]
    ("mathematics.t_test", lambda f: f(S, mean=3.0), lambda r: r.p_value, 0.24228308628118986, 1e-09),
    # st.ttest_rel(S, T)[1]
    ("mathematics.paired_t_test", lambda f: f(S, T), lambda r: r.p_value, 0.03182623770326334, 1e-09),
    # st.ttest_ind(S, T, equal_var=False)[1]
    ("mathematics.two_sample_t_test", lambda f: f(S, T), lambda r: r.p_value, 0.3671066304017384, 1e-09),
    # st.f_oneway(S, T, [3.0, 4.0, 5.5])[1]
    ("mathematics.analysis_of_variance", lambda f: f([S, T, [3.0, 4.0, 5.5]]), lambda r: r.p_value, 0.3853875815559916, 1e-09),
    # st.kruskal(S, T, [3.1, 4.05, 5.5])[1]
    ("mathematics.kruskal_wallis_test", lambda f: f([S, T, [3.1, 4.05, 5.5]]), lambda r: r.p_value, 0.37451946503395456, 1e-09),
    # st.shapiro(S)[1]
    ("mathematics.shapiro_wilk_test", lambda f: f(S), lambda r: r.p_value, 0.810127656535752, 1e-06),
    # st.pearsonr(S, T)[1]
    ("mathematics.pearson_test", lambda f: f(S, T), lambda r: r.p_value, 0.003908195997401033, 1e-09),
    # st.friedmanchisquare(S, T, [3.3, 1.0, 2.0, 4.2, 5.0, 3.9, 2.0, 4.0])[1]
    ("mathematics.friedman_test", lambda f: f(np_t([S, T, [3.3, 1.0, 2.0, 4.2, 5.0, 3.9, 2.0, 4.0]])), lambda r: r.p_value, 0.6065306597126334, 1e-09),
    # st.mannwhitneyu(S, [t + 0.05 for t in T], method='exact')[1]
    ("mathematics.mann_whitney_test", lambda f: f(S, [t + 0.05 for t in T]), lambda r: r.p_value, 0.5053613053613053, 1e-09),
    # st.wilcoxon(S, T, mode='exact')[1]
    ("mathematics.wilcoxon_signed_rank_test", lambda f: f([s - t for s, t in zip(S, T)]), lambda r: r.p_value, 0.0390625, 1e-09),
    # st.kstest(S, lambda x: st.norm.cdf(np.asarray(x) - 3)).statistic
    ("mathematics.kolmogorov_smirnov_test", lambda f: f(S, lambda x: 0.5 * (1 + math.erf((x - 3) / 2 ** 0.5))), lambda r: r.statistic, 0.29424334076622904, 1e-09),
    # st.ks_2samp(S, T).statistic
    ("mathematics.kolmogorov_smirnov_two_sample_test", lambda f: f(S, T), lambda r: r.statistic, 0.375, 1e-09),
    # st.binomtest(7, 10).pvalue
    ("mathematics.binomial_test", lambda f: f(7, 10), lambda r: r.p_value, 0.34375, 1e-09),
    # st.fisher_exact([[8, 2], [1, 5]])[1]
    ("mathematics.fisher_exact_test", lambda f: f([[8, 2], [1, 5]]), lambda r: r.p_value, 0.034965034965034975, 1e-09),
    # st.chisquare([16, 18, 16, 14, 12, 12])[1]
    ("mathematics.chi_squared_test", lambda f: f([16.0, 18.0, 16.0, 14.0, 12.0, 12.0]), lambda r: r.p_value, 0.8491450360846096, 1e-09),
    # st.chi2_contingency([[10, 20], [30, 5]], correction=False)[1]
    ("mathematics.independence_test", lambda f: f([[10.0, 20.0], [30.0, 5.0]]), lambda r: r.p_value, 1.5089565704354248e-05, 1e-09),
    # 2 / math.comb(6, 3)
    ("mathematics.permutation_test", lambda f: f([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], seed=1), lambda r: r.p_value, 0.1, 1e-09),
    # 2 / 2 ** 4
    ("mathematics.paired_permutation_test", lambda f: f([1.0, 2.0, 3.0, 4.0], seed=1), lambda r: r.p_value, 0.125, 1e-09),
    # st.false_discovery_control([0.01, 0.02, 0.03, 0.5])
    ("mathematics.adjusted_p_values", lambda f: f([0.01, 0.02, 0.03, 0.5], 'benjamini_hochberg'), lambda r: r, [0.039999999999999994, 0.039999999999999994, 0.039999999999999994, 0.5], 1e-09),
    # st.binomtest(7, 10).proportion_ci(method='wilson').low
    ("mathematics.proportion_confidence_interval", lambda f: f(7, 10), lambda r: r.lower, 0.39677814746114526, 1e-09),
    # st.t.interval(0.95, 7, np.mean(S), st.sem(S))[0]
    ("mathematics.mean_confidence_interval", lambda f: f(S), lambda r: r.lower, 2.489093874987242, 1e-09),
    # st.pearsonr(S, T)[0]
    ("mathematics.pearson_correlation", lambda f: f(S, T), lambda r: r, 0.8803397409219997, 1e-09),
    # st.spearmanr(S, T)[0]
    ("mathematics.spearman_correlation", lambda f: f(S, T), lambda r: r, 0.9047619047619048, 1e-09),
    # st.kendalltau(S, T)[0]
    ("mathematics.kendall_correlation", lambda f: f(S, T), lambda r: r, 0.7857142857142856, 1e-09),
    # st.entropy(P)
    ("mathematics.entropy", lambda f: f(P), lambda r: r, 1.2798542258336676, 1e-09),
    # st.entropy(P, Q)
    ("mathematics.kullback_leibler_divergence", lambda f: f(P, Q), lambda r: r, 0.10644013528622315, 1e-09),
    # sd.jensenshannon(P, Q) ** 2
    ("mathematics.jensen_shannon_divergence", lambda f: f(P, Q), lambda r: r, 0.02786561345727673, 1e-09),
    # 0.5 * np.abs(np.subtract(P, Q)).sum()
    ("mathematics.total_variation_distance", lambda f: f(P, Q), lambda r: r, 0.2, 1e-09),
    # (lambda d: (d[1:] * d[:-1]).sum() / (d * d).sum())(np.array(S) - np.mean(S))
    ("mathematics.autocorrelation", lambda f: f(S, maximum_lag=1), lambda r: r[1], -0.1901294498381876, 1e-09),
    # True
    ("mathematics.effective_sample_size", lambda f: f([1.0, -1.0] * 8) > 16, lambda r: bool(r), True, 0),
    # (lambda d: 2 * d(S, T) - d(S, S) - d(T, T))(lambda a, b: np.abs(np.subtract.outer(a, b)).mean())
    ("mathematics.energy_distance", lambda f: f([[x] for x in S], [[x] for x in T]), lambda r: r, 0.23124999999999996, 1e-09),
    # np.histogram(S, 4)[0]
    ("mathematics.histogram", lambda f: f(S, 4), lambda r: r.counts, [3, 1, 2, 2], 1e-09),
    # np.linalg.lstsq(np.c_[np.ones(4), [[1, 2], [2, 1], [3, 5], [4, 3]]], [1, 2, 5, 4.5], rcond=None)[0][1:]
    ("mathematics.linear_fit", lambda f: f([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 3.0]], [1.0, 2.0, 5.0, 4.5]), lambda r: r.coefficients, [0.9722222222222225, 0.5396825396825397], 1e-09),
    # np.polyfit(np.log([1, 2, 4, 8]), np.log([3, 5, 13, 24]), 1)[0]
    ("mathematics.power_law_fit", lambda f: f([1.0, 2.0, 4.0, 8.0], [3.0, 5.0, 13.0, 24.0]), lambda r: r.exponents[0], 1.0378511623253726, 1e-09),
    # (lambda m: [m.intercept_[0], m.coef_[0, 0]])(skl.LogisticRegression(C=1.0, tol=1e-12).fit([[x] for x in S], [0, 1, 0, 1, 1, 1, 0, 0]))
    ("mathematics.logistic_regression", lambda f: f([[x] for x in S], [False, True, False, True, True, True, False, False], penalty=1.0), lambda r: [r.intercept, r.coefficients[0]], [-2.674063711069799, 0.7444088169869999], 1e-06),
    # skm.brier_score_loss([0, 1, 1], [0.1, 0.8, 0.4])
    ("mathematics.brier_score", lambda f: f([0.1, 0.8, 0.4], [False, True, True]), lambda r: r, 0.13666666666666666, 1e-09),
    # skm.mutual_info_score([0, 0, 1, 1, 2], [0, 1, 1, 1, 0])
    ("mathematics.mutual_information", lambda f: f([0, 0, 1, 1, 2], [0, 1, 1, 1, 0]), lambda r: r, 0.3957527947852782, 1e-09),
    # skc.KMeans(3, n_init=10, random_state=0).fit(X).inertia_
    ("mathematics.k_means", lambda f: f(X, 3, restarts=5, seed=0), lambda r: r.cost, 0.06500000000000003, 1e-09),
    # skc.KMeans(3, init=np.array([[0.0, 0], [5, 5], [9, 1]]), n_init=1).fit(X).labels_
    ("mathematics.k_means_from", lambda f: f(X, [[0.0, 0.0], [5.0, 5.0], [9.0, 1.0]]), lambda r: r.labels, [0, 0, 1, 1, 0, 2], 1e-09),
    # range(6)
    ("mathematics.k_means_plus_plus_seeds", lambda f: sorted(set(f(X, 6, seed=1))), lambda r: r, [0, 1, 2, 3, 4, 5], 0),
    # sd.cdist(X, Y, 'sqeuclidean')
    ("mathematics.pairwise_squared_distances", lambda f: f(X, Y), lambda r: r, [[1.25, 20.0, 72.0], [0.9, 18.45, 68.45], [36.25, 10.0, 2.0], [37.0, 9.850000000000001, 1.849999999999999], [0.8000000000000002, 18.05, 68.45], [64.25, 26.0, 34.0]], 1e-09),
    # skm.silhouette_samples(X, [0, 0, 1, 1, 0, 1])
    ("mathematics.silhouettes", lambda f: f(X, [0, 0, 1, 1, 0, 1]), lambda r: r, [0.9711740189860351, 0.9759116676590178, 0.5757175423111868, 0.5953069063023769, 0.9758113115243231, 0.37947805706550525], 1e-09),
    # sorted(__import__('scipy.cluster.hierarchy', fromlist=['x']).linkage(X, 'single')[:, 2])
    ("mathematics.agglomerative_clustering", lambda f: f(X, 'single'), lambda r: [merge.distance for merge in r.merges], [0.14142135623730953, 0.22360679774997896, 0.223606797749979, 5.445181356024793, 6.859300255857007], 1e-09),
    # ot.emd2([0.2, 0.3, 0.5], [0.4, 0.4, 0.2], np.array(COSTS))
    ("mathematics.optimal_transport", lambda f: f(COSTS, [0.2, 0.3, 0.5], [0.4, 0.4, 0.2]), lambda r: r.cost, 1.6999999999999997, 1e-12),
    # ot.sinkhorn([0.2, 0.3, 0.5], [0.4, 0.4, 0.2], np.array(COSTS), 0.5, stopThr=1e-12)
    ("mathematics.sinkhorn", lambda f: f(COSTS, [0.2, 0.3, 0.5], [0.4, 0.4, 0.2], 0.5), lambda r: r.plan, [[0.016180059305693297, 0.17214159182709246, 0.011678348867214241], [0.12294626256236772, 0.17702396867304881, 2.976876458345724e-05], [0.2608736781319393, 0.05083443949985802, 0.18829188236820266]], 1e-08),
    # 0.0
    ("mathematics.sinkhorn_divergence", lambda f: f(COSTS, COSTS_SYM, COSTS_SYM, [0.2, 0.3, 0.5], [0.2, 0.3, 0.5], 0.5) if False else f(COSTS_SYM, COSTS_SYM, COSTS_SYM, [0.2, 0.3, 0.5], [0.2, 0.3, 0.5], 0.5), lambda r: r, 0.0, 1e-08),
    # np.array(COSTS)[so.linear_sum_assignment(np.array(COSTS))].sum()
    ("mathematics.assignment", lambda f: f(COSTS), lambda r: r.cost, 5.0, 1e-09),
    # st.wasserstein_distance(S, T)
    ("mathematics.wasserstein_distance", lambda f: f(S, T), lambda r: r, 0.6000000000000001, 1e-09),
    # st.wasserstein_distance(S, T)
    ("mathematics.sliced_wasserstein_distance", lambda f: f([[x] for x in S], [[x] for x in T], order=1.0, directions=3, seed=0), lambda r: r, 0.6000000000000001, 1e-09),
    # st.wasserstein_distance(S, T)
    ("mathematics.max_sliced_wasserstein_distance", lambda f: f([[x] for x in S], [[x] for x in T], order=1.0, directions=3, seed=0), lambda r: r.distance, 0.6000000000000001, 1e-09),
    # math.sqrt(1 + (2 ** 0.5 - 1) ** 2 + 1)
    ("mathematics.gaussian_wasserstein_distance", lambda f: f([0.0, 1.0], [[2.0, 0.0], [0.0, 1.0]], [1.0, 1.0], [[1.0, 0.0], [0.0, 4.0]]), lambda r: r, 1.4736257582079006, 1e-08),
    # math.sqrt((2 ** 0.5 - 1) ** 2 + 1)
    ("mathematics.bures_distance", lambda f: f([[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 4.0]]), lambda r: r, 1.082392200292394, 1e-08),
    # -so.linprog([-3, -2], [[1, 1], [1, 3]], [4, 6]).fun
    ("mathematics.linear_program", lambda f: f([3.0, 2.0], maximises=True, constraints=[([0, 1], [1.0, 1.0], ('at_most', 4.0)), ([0, 1], [1.0, 3.0], ('at_most', 6.0))]), lambda r: r.value, 12.0, 1e-09),
    # math.sqrt(math.pi)
    ("mathematics.integrate", lambda f: f(lambda x: math.exp(-x * x), -math.inf, math.inf), lambda r: r.value, 1.7724538509055159, 1e-09),
    # np.trapezoid(S, [0.0, 1.0, 1.5, 2.0, 4.0, 5.0, 5.5, 7.0])
    ("mathematics.trapezoid", lambda f: f(S, [0.0, 1.0, 1.5, 2.0, 4.0, 5.0, 5.5, 7.0]), lambda r: r, 27.374999999999996, 1e-09),
    # si.cumulative_trapezoid(S, [0.0, 1.0, 1.5, 2.0, 4.0, 5.0, 5.5, 7.0], initial=0)
    ("mathematics.cumulative_trapezoid", lambda f: f(S, [0.0, 1.0, 1.5, 2.0, 4.0, 5.0, 5.5, 7.0]), lambda r: r, [0.0, 2.75, 4.075, 5.95, 15.95, 20.049999999999997, 21.674999999999997, 27.374999999999996], 1e-09),
    # 64 / 3
    ("mathematics.simpson", lambda f: f([0.0, 1.0, 4.0, 9.0, 16.0], [0.0, 1.0, 2.0, 3.0, 4.0]), lambda r: r, 21.333333333333332, 1e-09),
    # 2 ** (1 / 3)
    ("mathematics.find_root", lambda f: f(lambda x: x ** 3 - 2, (0, 2)), lambda r: r, 1.2599210498948732, 1e-09),
    # 2 ** (1 / 3)
    ("mathematics.bisect", lambda f: f(lambda x: x ** 3 - 2, (0, 2)), lambda r: r, 1.2599210498948732, 1e-09),
    # 2 ** (1 / 3)
    ("mathematics.find_root_by_newton", lambda f: f(lambda x: (x ** 3 - 2, 3 * x * x), (0, 2)), lambda r: r, 1.2599210498948732, 1e-09),
    # 2 ** (1 / 3)
    ("mathematics.find_positive_root", lambda f: f(lambda x: x ** 3 - 2), lambda r: r, 1.2599210498948732, 1e-09),
    # 1.5
    ("mathematics.minimize_scalar", lambda f: f(lambda x: (x - 1.5) ** 2, (0, 4)), lambda r: r.argument, 1.5, 1e-06),
    # 1.5
    ("mathematics.minimize_by_golden_section", lambda f: f(lambda x: (x - 1.5) ** 2, (0, 4)), lambda r: r.argument, 1.5, 1e-06),
    # [2 ** 0.5, 2 ** 0.5]
    ("mathematics.find_root_of_system", lambda f: f(lambda x: [x[0] ** 2 + x[1] ** 2 - 4, x[0] - x[1]], [1.0, 2.0]), lambda r: r.solution, [1.4142135623730951, 1.4142135623730951], 1e-08),
    # [[math.cos(1), -math.sin(1)]]
    ("mathematics.solve_ode", lambda f: f(lambda t, y: [y[1], -y[0]], 0.0, 1.0, [1.0, 0.0], output_times=[1.0], relative_tolerance=1e-10), lambda r: r.states, [[0.5403023058681398, -0.8414709848078965]], 1e-08),
    # [1.0, -2.0]
    ("mathematics.minimise_nelder_mead", lambda f: f([0.0, 0.0], lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2), lambda r: r.point, [1.0, -2.0], 1e-06),
    # [1.0, 1.0]
    ("mathematics.minimise_lbfgs", lambda f: f([-1.2, 1.0], lambda x: ((1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2, [-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])), lambda r: r.point, [1.0, 1.0], 1e-06),
    # np.fft.fft([1.0, 2.0 + 1j, 0.5, -1.0, 3.0])
    ("mathematics.fft", lambda f: f([1.0, 2.0 + 1j, 0.5, -1.0, 3.0]), lambda r: r, [(5.5+1j), (3.9006499853573646+0.3783956322313913j), (-2.611808216769738+1.205353032360256j), (-3.787378721354684-2.823387021110151j), (1.9985369527670573+0.23963835651850363j)], 1e-09),
    # np.fft.ifft([1.0, 2.0 + 1j, 0.5, -1.0, 3.0])
    ("mathematics.inverse_fft", lambda f: f([1.0, 2.0 + 1j, 0.5, -1.0, 3.0]), lambda r: r, [(1.1+0.2j), (0.3997073905534115+0.04792767130370073j), (-0.7574757442709368-0.5646774042220302j), (-0.5223616433539476+0.2410706064720512j), (0.780129997071473+0.07567912644627826j)], 1e-09),
    # np.fft.rfft(S)
    ("mathematics.real_fft", lambda f: f(S), lambda r: r, [(28.799999999999997+0j), (-3.077817459305202+0.5878679656440364j), (1.9000000000000004+3.3000000000000007j), (-1.5221825406947986-1.012132034355964j), (-6.6+0j)], 1e-09),
    # np.fft.irfft([1.0, 2.0 + 1j, 0.5], 4)
    ("mathematics.inverse_real_fft", lambda f: f([1.0, 2.0 + 1j, 0.5], 4), lambda r: r, [1.375, -0.375, -0.625, 0.625], 1e-09),
    # np.fft.fftfreq(5, 0.5)
    ("mathematics.fourier_frequencies", lambda f: f(5, spacing=0.5), lambda r: r, [0.0, 0.4, 0.8, -0.8, -0.4], 1e-09),
    # Poeschl and Teller's well of order 4: [-(4 - n) ** 2 / 6 for n in (1, 3)]
    ("science.radial_levels", lambda f: f(POESCHL_TELLER, (0.0, 0.002, 20000), 3.0), lambda r: r.energies, [-1.5, -1 / 6], 1e-9),
    # two odd parity levels below 0, one below -1
    ("science.radial_level_count", lambda f: f(POESCHL_TELLER, (0.0, 0.002, 20000), 3.0, limit=-1.0), lambda r: r, 1, 0),
    # as for radial_levels
    ("science.radial_levels_by_sinc_dvr", lambda f: f(POESCHL_TELLER[49::50], (0.0, 0.1, 400), 3.0), lambda r: r.energies, [-1.5, -1 / 6], 1e-9),
    # 1 + 1 / 2 + 1 / 3 + 1 / 4
    ("science.threshold_scattering", lambda f: f(POESCHL_TELLER, (0.0, 0.002, 20000), 3.0), lambda r: r.scattering_length, 25 / 12, 1e-9),
    # si.solve_ivp(method="DOP853", rtol=1e-12) on sp.interpolate.CubicSpline of the same points, up to 1000 bohr
    ("science.hydrogen_scattering", lambda f: f(highest_rotation=0), lambda r: [r.scattering_length, r.p_wave_scattering_length], [0.5820036148, -131.72246803], 1e-5),
    # pandapower.networks.case33bw(): 33 buses, 37 lines, net.load.p_mw.sum() * 1e3
    ("science.baran_wu_feeder", lambda f: f(), lambda r: [len(r.buses), len(r.lines), sum(b.active_load for b in r.buses)], [33, 37, 3715.0], 1e-12),
    # two buses and a line of 11 ** 2 / 10 * (0.5 + 0.6j) ohm
    ("science.read_matpower_case", lambda f: f(case_file()), lambda r: [len(r.buses), r.buses[1].active_load, r.lines[0].resistance, r.lines[0].reactance, r.nominal_voltage], [2, 2000.0, 6.05, 7.26, 11.0], 1e-12),
    # one line, p = 0.03, q = 0.018 of 10 kV ** 2 / ohm: [u ** 0.5, 0.7 * (p * p + q * q) / u * 1e5] with
    # v = 1 - 2 * (0.7 * p + 1.1 * q), u = (v + (v * v - 4 * 1.7 * (p * p + q * q)) ** 0.5) / 2
    ("science.radial_power_flow", lambda f: f(ONE_LINE), lambda r: [r.lowest_voltage, r.loss], [0.9571461243770784, 93.52397723275939], 1e-10),
    # the same line as two of double impedance
    ("science.meshed_power_flow", lambda f: f(TWO_LINES), lambda r: [r.lowest_voltage, r.loss], [0.9571461243770784, 93.52397723275939], 1e-10),
    ("science.evaluate_configuration", lambda f: f(ONE_LINE), lambda r: [r.lowest_voltage, r.loss, r.power_flows], [0.9571461243770784, 93.52397723275939, 1], 1e-10),
    # of two lines one is open
    ("science.random_configuration", lambda f: f(TWO_LINES, seed=1), lambda r: len(r), 1, 0),
    # pandapower.runpp(net); net.res_line.pl_mw.sum() * 1e3, the lines 7, 10, 14, 32, 37 or 7, 9, 14, 32, 37 open
    ("science.sequential_opening", lambda f: f(feeder()), lambda r: [*r.open, r.loss], [6, 9, 13, 31, 36, 140.279010], 1e-7),
    ("science.branch_exchange", lambda f: f(feeder(), until_none_improves=True), lambda r: [*r.open, r.loss], [6, 8, 13, 31, 36, 139.551347221], 1e-9),
    ("science.exhaustive_search", lambda f: f(feeder()), lambda r: [*r.open, r.loss, r.power_flows], [6, 8, 13, 31, 36, 139.551347221, 50751], 1e-9),
    ("science.quadratic_reconfiguration", lambda f: f(feeder()), lambda r: [*r.configuration.open, r.configuration.loss], [6, 8, 13, 31, 36, 139.551347221], 1e-9),
    # of two lines of equal strength one is open
    ("science.maximum_spanning_tree_configuration", lambda f: f(TWO_LINES, strength="loss", algorithm="prim"), lambda r: len(r.open), 1, 0),
    # opening the line of twice the impedance: what one line of the other impedance loses, and nothing to gain
    ("science.voltage_guided_exchange", lambda f: f(UNEQUAL_LINES), lambda r: [*r.open, r.loss], [1, 93.52397723275939], 1e-10),
    # I ** 2 * (0.7 - 1.4) at constant current: minus half of what is lost with the worse line
    ("science.loss_change_estimate", lambda f: f(UNEQUAL_LINES, 0, 1), lambda r: r, -0.5 * 207.27383755633923, 1e-10),
    # every set of one line of three
    ("science.spanning_tree_census", lambda f: f(UNEQUAL_LINES), lambda r: [len(r.configurations), r.infeasible_count, min(r.losses)], [2, 0, 93.52397723275939], 1e-10),
    # the optimum of all: branch exchange as above
    ("science.selective_particle_swarm", lambda f: f(UNEQUAL_LINES, particles=4, iterations=3, seed=1), lambda r: [*r.open, r.loss], [1, 93.52397723275939], 1e-10),
    ("science.genetic_reconfiguration", lambda f: f(UNEQUAL_LINES, loss_weight=0.5, seed=1), lambda r: [*r.open, r.loss], [1, 93.52397723275939], 1e-10),
    ("science.reconfigure", lambda f: f(UNEQUAL_LINES, "repeated_branch_exchange", seed=1), lambda r: [*r.open, r.loss], [1, 93.52397723275939], 1e-10),
    ("science.pareto_reconfigurations", lambda f: f(UNEQUAL_LINES, weights=[0.0, 1.0], seed=1), lambda r: [[*p.configuration.open, p.loss_weight] for p in r], [[1, 0.0], [1, 1.0]], 0),
    # [0.9, 0.7, 0.8 * math.exp(-(81 / 119) ** 2 / 0.5)]
    ("science.soft_nms", lambda f: f([[0.0, 0.0, 10.0, 10.0], [1.0, 1.0, 11.0, 11.0], [20.0, 20.0, 30.0, 30.0]], [0.9, 0.8, 0.7], 'gaussian', sigma=0.5), lambda r: r.rescored, [0.9, 0.7, 0.31670864564916884], 1e-14),
    # [0, 1, 2]
    ("science.soft_nms_by_category", lambda f: f([[0.0, 0.0, 10.0, 10.0], [1.0, 1.0, 11.0, 11.0], [20.0, 20.0, 30.0, 30.0]], [0.9, 0.8, 0.7], [1, 2, 1], 'hard'), lambda r: r.order, [0, 1, 2], 0),
    # [0.9, 0.8 * (1 - 81 / 119)]
    ("science.soft_nms_of_detections", lambda f: f([(0, 1, (0, 0, 10, 10), 0.9), (0, 1, (1, 1, 11, 11), 0.8)], ('linear', 0.3)), lambda r: [d.score for d in r], [0.9, 0.25546218487394956], 1e-14),
    # [51 / 101, 51 / 101]
    ("science.sweep_suppression", lambda f: f(['hard', ('gaussian', 0.5)], [(0, 1, (0, 0, 10, 10), 0.9), (0, 1, (50, 50, 60, 60), 0.8)], [dict(image=0, category=1, box=(0, 0, 10, 10)), dict(image=0, category=1, box=(70, 70, 80, 80))]), lambda r: [e.average_precision for e in r], [0.504950495049505, 0.504950495049505], 1e-12),
    # True
    ("science.sweep_suppression_on_crowded_scenes", lambda f: f(['hard', 'none'], crowd_fraction=0.0, scene_count=20, seeds=[1]), lambda r: bool(r[0].average_precision > r[1].average_precision), True, 0),
    # 3
    ("science.crowded_scenes", lambda f: f(3, seed=1), lambda r: len(r.dataset.images), 3, 0),
    # [0.5, 0.5]
    ("science.pascal_voc_curve", lambda f: f([(0, 1, (0, 0, 10, 10), 0.9), (0, 1, (50, 50, 60, 60), 0.8)], [dict(image=0, category=1, box=(0, 0, 10, 10)), dict(image=0, category=1, box=(70, 70, 80, 80))], 1), lambda r: r.recall, [0.5, 0.5], 1e-12),
    # 0.5
    ("science.pascal_voc_average_precision", lambda f: f([(0, 1, (0, 0, 10, 10), 0.9), (0, 1, (50, 50, 60, 60), 0.8)], [dict(image=0, category=1, box=(0, 0, 10, 10)), dict(image=0, category=1, box=(70, 70, 80, 80))]), lambda r: r.mean, 0.5, 1e-12),
    # 51 / 101
    ("science.coco_evaluation", lambda f: f([(0, 1, (0, 0, 10, 10), 0.9), (0, 1, (50, 50, 60, 60), 0.8)], [dict(image=0, category=1, box=(0, 0, 10, 10)), dict(image=0, category=1, box=(70, 70, 80, 80))]), lambda r: r.average_precision, 0.504950495049505, 1e-12),
    # [[0, 0, 0], [0, 2 / 3, 0], [0, 0, 1 / 3]]
    ("science.planar_histogram", lambda f: f([[0.0, 0.0], [0.1, 0.0], [1.9, 1.9], [9.0, 0.0]], node_count=3, half_width=2.0), lambda r: r.masses, [[0, 0, 0], [0, 0.6666666666666666, 0], [0, 0, 0.3333333333333333]], 1e-12),
    # [2000, 2]
    ("science.reverse_samples", lambda f: f(2000, 'probability_flow', lambda x, t: -2 * np_a(x), step_count=20, seed=1), lambda r: r.shape, [2000, 2], 0),
    # [[0.5, 4.0], [0.0, 2.0]]
    ("science.gaussian_mixture_scores", lambda f: f(([1.0], [[1.0, 2.0]], [[[2.0, 0.0], [0.0, 0.5]]]), [[0.0, 0.0], [1.0, 1.0]]), lambda r: r, [[0.5, 4.0], [0.0, 2.0]], 1e-12),
    # [[1.0, 2.0], [1.0, 2.0]]
    ("science.gaussian_mixture_samples", lambda f: f(([1.0], [[1.0, 2.0]], [[[1e-12, 0.0], [0.0, 1e-12]]]), 2, seed=3), lambda r: r, [[1.0, 2.0], [1.0, 2.0]], 0.0001),
    # [1.0, 2 ** -1.5, 3 ** -1.5]
    ("statistics.power_law_model", lambda f: f(3, 1.5, 0.5, 0.1), lambda r: r.eigenvalues, [1.0, 0.3535533905932738, 0.19245008972987526], 1e-14),
    # [0.5] * 4
    ("statistics.isotropic_model", lambda f: f(4, 1.0, 0.1), lambda r: r.target, [0.5, 0.5, 0.5, 0.5], 1e-14),
    # 0.25 * 10 / (40 - 10)
    ("statistics.linear_ridge_theory", lambda f: f(([1.0] * 10, [0.1 ** 0.5] * 10, 0.5), 40.0, 0.0), lambda r: r.risk, 0.08333333333333333, 1e-10),
    # 0.0
    ("statistics.draw_linear_ridge", lambda f: f(([1.0] * 10, [0.1 ** 0.5] * 10, 0.0), 40, [0.0], seed=1), lambda r: r[0].risk, 0.0, 1e-12),
    # 0.25 * 5 / (40 - 5 - 1)
    ("statistics.simulate_linear_ridge", lambda f: f(([1.0] * 5, [0.2 ** 0.5] * 5, 0.5), 40, [0.0], 6000, seed=1), lambda r: r[0].mean.variance_risk, 0.03676470588235294, 0.01),
    # 0.25 * 10 / (40 - 10)
    ("statistics.random_feature_theory", lambda f: f(([1.0] * 10, [0.1 ** 0.5] * 10, 0.5), 40.0, 1e9, 0.0), lambda r: r.risk, 0.08333333333333333, 1e-05),
    # 0.0
    ("statistics.draw_random_features", lambda f: f(([1.0] * 4, [0.5] * 4, 0.0), 20, 8, [0.0], seed=1), lambda r: r[0].risk, 0.0, 1e-12),
    # 0.0
    ("statistics.simulate_random_features", lambda f: f(([1.0] * 4, [0.5] * 4, 0.0), 20, 8, [0.0], 3, seed=1), lambda r: r[0].mean.risk, 0.0, 1e-12),
    # 0.0
    ("statistics.isotropic_ridgeless_risk", lambda f: f(1.0, 1.0, 0.0), lambda r: r, 0.0, 1e-12),
    # 9
    ("statistics.norm_scaling_law", lambda f: f(([1.0, 0.5, 0.25], [1.0, 0.5, 0.2], 0.3), [100.0, 200.0, 400.0], [1.5, 2.0, 3.0], 0.0), lambda r: len(r.points), 9, 0),
    # 1.0
    ("statistics.ridge_fixed_point", lambda f: f([1.0] * 10, 5.0, 0.0), lambda r: r.effective_ridge, 1.0, 1e-10),
    # 1.0
    ("statistics.random_feature_fixed_point", lambda f: f([1.0] * 10, 5.0, 1e12, 0.0), lambda r: r.effective_ridge, 1.0, 1e-06),
    # skl.Ridge(0.7, fit_intercept=False).fit([[1, 2], [2, 1], [3, 5]], [1, 2, 5]).coef_
    ("statistics.ridge_regression", lambda f: f([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0]], [1.0, 2.0, 5.0], 0.7), lambda r: r.coefficients, [0.6977516890021045, 0.5127921142983718], 1e-10),
    # np.linalg.pinv([[1.0, 2, 0], [2, 1, 1]]) @ [1, 2]
    ("statistics.minimum_norm_regression", lambda f: f([[1.0, 2.0, 0.0], [2.0, 1.0, 1.0]], [1.0, 2.0]), lambda r: r.coefficients, [0.7142857142857142, 0.14285714285714268, 0.42857142857142866], 1e-10),
    # 1 - math.comb(7, 4) / math.comb(10, 4)
    ("deep_learning.pass_at_k", lambda f: f(10, 3, 4), lambda r: r, 0.8333333333333334, 1e-09),
    # The equilibrium of [[2, 0], [0, 1]]: each side makes the other indifferent.
    (
        "decisions.solve_matrix_game",
        lambda f: f([[2.0, 0.0], [0.0, 1.0]], "extragradient", 0.2, (4000, 4000, 1e-10), seed=0),
        lambda r: r.point, [1 / 3, 2 / 3, 1 / 3, 2 / 3], 1e-5,
    ),
    # min x^2 - x where x = 3
    (
        "decisions.solve_quadratic_lagrangian",
        lambda f: f([[2.0]], [[1.0]], [1.0], [3.0], "extragradient", step=0.2, budget=(4000, 4000, 1e-10), seed=0),
        lambda r: r.point[0], 3.0, 1e-5,
    ),
    # s = (1, 1, 0): diag(s) - s s' / 2
    (
        "decisions.simplex_projection_jacobian", lambda f: f([0.6, 0.2, -1.0]), lambda r: r,
        [[0.5, -0.5, 0], [-0.5, 0.5, 0], [0, 0, 0]], 1e-15,
    ),
    # x = 2 y / (4 + t), dx/dt = -x / (4 + t)
    (
        "decisions.ridge_sensitivity", lambda f: f([[2.0]], [3.0], 1.0, 4),
        lambda r: [*r.solution, *r.implicit_derivative, r.error_constant], [1.2, -0.24, 0.2], 1e-12,
    ),
    # x = (4 * 3 - 2) / 4, dx/dt = -1 / 4; the second below the threshold
    (
        "decisions.lasso_sensitivity", lambda f: f([[2.0, 0.0], [0.0, 1.0]], [6.0, 1.0], 2.0),
        lambda r: [*r.solution, *r.derivative], [2.5, 0, -0.25, 0], 1e-12,
    ),
    # One sample e_1 of class 0 of two: W = (1 - x_0)/t (1, -1) with x_0 = 1 - t/2 at t = 1 (both classes free), so that
    # W = (1/2, -1/2) for every t < 2: the loss is 1/2 (1/4 + 1/4).
    (
        "decisions.svm_hyper_gradient", lambda f: f([[1.0]], [0], [[1.0]], [0], 2, 0.0),
        lambda r: [r.loss, r.derivative], [0.25, 0], 1e-9,
    ),
    # A ring of two small and two large spheres in a row: equal forces (1 - r/s)/s on all four contacts s = (t, u, 1, u),
    # u = (t + 1)/2, with sum r = 3. The small ones' distance r = t (1 - F t), F = (2 t + 2 - 3)/(t^2 + 2 u^2 + 1).
    # (lambda r: (r(0.6 + 1e-5) - r(0.6 - 1e-5)) / 2e-5)(lambda t: t * (1 - t * (2*t - 1) / (t*t + (t + 1)**2/2 + 1)))
    (
        "decisions.soft_sphere_sensitivity",
        lambda f: f([[0.0, 0.0], [0.6, 0.0], [1.4, 0.0], [2.4, 0.0]], 3.0, diameter=0.6),
        lambda r: r.sensitivity[1, 0] - r.sensitivity[0, 0], 0.6652892562020174, 1e-6,
    ),
    ("decisions.stream_means", lambda f: f("clear_cut", 7, 100, seed=1), lambda r: len(r), 7, 0),
    # Every pull is counted.
    (
        "decisions.streaming_bandit", lambda f: f([0.1, 0.9, 0.2], 300, "game_of_arms", seed=1),
        lambda r: r.total_pulls, 300, 0,
    ),
    # Arms that always pay leave no regret.
    (
        "decisions.upper_confidence_bound_regret", lambda f: f([1.0, 1.0, 1.0], 300, seed=1),
        lambda r: [r.regret, sum(r.pulls)], [0, 300], 0,
    ),
    # Stay or change between two states, paid for staying in the second: deterministic, so one sample shows all.
    (
        "reinforcement_learning.average_reward_from_samples",
        lambda f: f([[1.0, 0], [0, 1.0], [0, 1.0], [1.0, 0]], [[0.0, 0], [1.0, 0]], 1, "plug_in", seed=1),
        lambda r: [*r.gain, *r.policy, r.suboptimality], [1, 1, 1, 0, 0], 1e-9,
    ),
    (
        "reinforcement_learning.solve_average_reward",
        lambda f: f([[1.0, 0], [0, 1.0], [0, 1.0], [1.0, 0]], [[0.0, 0], [1.0, 0]]),
        lambda r: [*r.gain, *r.policy], [1, 1, 1, 0], 1e-12,
    ),
    # floor(100 ** 0.4)
    # skc.KMeans(3, init=np.array([[0.0, 0], [5, 5], [9, 1]]), n_init=1).fit(X): labels_ and inertia_
    (
        "efficiency.flash_k_means", lambda f: f(X, [[0.0, 0.0], [5.0, 5.0], [9.0, 1.0]], maximum_iterations=5),
        lambda r: [*r.labels, r.objective], [0, 0, 1, 1, 0, 2, 0.065], 1e-6,
    ),
    (
        "efficiency.flash_k_means_of_file",
        lambda f: f(saved(X), [[0.0, 0.0], [5.0, 5.0], [9.0, 1.0]], maximum_iterations=5, chunk=4),
        lambda r: [*r.labels, r.objective], [0, 0, 1, 1, 0, 2, 0.065], 1e-6,
    ),
    # sd.cdist(X, Y, 'sqeuclidean').min(1)
    (
        "efficiency.flash_assign", lambda f: f(X, Y), lambda r: r.values,
        [1.25, 0.9, 2.0, 1.849999999999999, 0.8000000000000002, 26.0], 1e-6,
    ),
    # The means of (0, 0) and (0.1, 0.2), of the next three, and the third centroid, which has no point.
    (
        "efficiency.sort_inverse_update", lambda f: f(X[:5], [0, 0, 1, 1, 1], Y), lambda r: r.means,
        [[0.05, 0.1], [3.4666666666666667, 3.3333333333333335], [6.0, 6.0]], 1e-6,
    ),
    # With one centroid and one point the steps 1/n stay there.
    (
        "efficiency.mini_batch_k_means", lambda f: f([[2.0, 3.0]], [[7.0, 7.0]], batch_size=3, steps=2, seed=1),
        lambda r: r.centroids, [[2.0, 3.0]], 1e-6,
    ),
    # All points, in some order.
    (
        "efficiency.initial_centroids", lambda f: np_.sort(f(X, 6, method="plus_plus", seed=1), axis=0),
        lambda r: r, np_.sort(np_a(X), axis=0), 1e-6,
    ),
    ("language.top_h_tokens", lambda f: f([1.0] * 100), lambda r: len(r), 6, 0),
    # H(p) = 1.1873; {0, 2} has H = 0.4741 and the largest mass below 0.45 H(p)
    (
        "language.largest_bounded_entropy_set", lambda f: f([0.45, 0.35, 0.1, 0.1], share=0.45),
        lambda r: [*r.tokens, r.mass], [0, 2, 0.55], 1e-14,
    ),
    # sd.jensenshannon([0.5, 0.2, 0.3], [0.5/0.7, 0.2/0.7, 0], 2) ** 2
    ("language.truncation_divergence", lambda f: f(0.7), lambda r: r, 0.16919485510105403, 1e-12),
    # without replacement {1, 2} is the bottleneck: 1 + 0.5 - (0.3 * 0.5 / 0.7 + 0.5 * 0.3 / 0.5)
    (
        "efficiency.optimal_draft_acceptance", lambda f: f([0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 2, "without_replacement"),
        lambda r: [r.probability, *r.bottleneck], [1.5 - 0.15 / 0.7 - 0.3, 1, 2], 1e-12,
    ),
    # 0.3 * 0.5 / 0.7 + 0.5 * 0.3 / 0.5
    (
        "efficiency.draft_set_probability", lambda f: f([1, 2], [0.2, 0.3, 0.5], 2, "without_replacement"), lambda r: r,
        0.15 / 0.7 + 0.3, 1e-12,
    ),
    # 1 - 0.3 * 0.8
    (
        "efficiency.draft_acceptance", lambda f: f("recursive_rejection", [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 2), lambda r: r,
        0.76, 1e-14,
    ),
    # the larger root of x**2 - 1.8 x + 0.5
    (
        "efficiency.k_sequential_factor", lambda f: f([0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 2), lambda r: r,
        (1.8 + 1.24 ** 0.5) / 2, 1e-14,
    ),
    # KL((0.2, 0.8) || (0.5, 0.5)) = 0.8 ln 1.6 + 0.2 ln 0.4
    (
        "alignment.exponential_tilt",
        lambda f: f([0.5, 0.5], [0.0, 1.0], 0.8 * math.log(1.6) + 0.2 * math.log(0.4)), lambda r: r, [0.2, 0.8], 1e-8,
    ),
    ("alignment.best_of_n", lambda f: f([0.5, 0.5], [0.0, 1.0], 2), lambda r: r, [0.25, 0.75], 1e-15),
    # Of 3 draws of two coins the best has none with 1/64, one with 26/64 and two with 37/64.
    (
        "alignment.compare_best_of_n", lambda f: f([0.5, 0.5], [0.0, 1.0], 2, math.log(3) / 2),
        lambda r: r.best_of_n_reward, 100 / 64 / 2, 1e-9,
    ),
    # Cramer: the divergence of (0.2, 0.8) from the coin.
    (
        "alignment.reward_rate", lambda f: f([0.5, 0.5], [0.0, 1.0], 0.8),
        lambda r: r, 0.8 * math.log(1.6) + 0.2 * math.log(0.4), 1e-9,
    ),
    # special.softmax([1.0, 2.0, 4.0])
    (
        "architectures.softmax", lambda f: f([1.0, 2.0, 4.0]), lambda r: r,
        [0.04201006613406605, 0.11419519938459449, 0.8437947344813395], 1e-6,
    ),
    # e^5 = m 2^7, 7 = round(5 / ln 2)
    (
        "architectures.extended_exponentials", lambda f: f([0.0, 5.0, -5.0]),
        lambda r: [*r.mantissas, *r.exponents],
        [1, math.exp(5) / 128, math.exp(-5) * 128, 0, 7, -7], 1e-7,
    ),
    # o = (0, 0, 3) has the mean 1 and the standard deviation sqrt(2), the class 0 the z-score -1/sqrt(2). By hand.
    (
        "architectures.spherical_loss", lambda f: f([0.0, 0.0, 3.0], 0), lambda r: [r.value, *r.gradient],
        [
            math.log(1 + math.exp(math.sqrt(0.5))), -math.sqrt(0.125) / (1 + math.exp(-math.sqrt(0.5))),
            math.sqrt(0.125) / (1 + math.exp(-math.sqrt(0.5))), 0,
        ],
        1e-9,
    ),
    ("statistics.minimum_entropy_coupling", lambda f: f([0.6, 0.4], [0.6, 0.4]), lambda r: r, [[0.6, 0], [0, 0.4]], 1e-15),
    # A vertex of two fair coins' couplings lies on a diagonal.
    (
        "statistics.successive_linearization_coupling", lambda f: f([0.5, 0.5], [0.5, 0.5], seed=1),
        lambda r: sorted(np_a(r).ravel()), [0, 0, 0.5, 0.5], 1e-9,
    ),
    ("statistics.majorization_meet", lambda f: f([0.6, 0.4], [0.5, 0.5]), lambda r: r, [0.5, 0.5], 1e-15),
    ("statistics.order_quantiles", lambda f: f([[2.0, 1.0, 3.0]]), lambda r: r, [[1, 2, 3]], 0),
    ("statistics.synthetic_regression", lambda f: f("steps", 11, seed=1), lambda r: [len(r[0]), len(r[1])], [11, 11], 0),
    # Models that agree are their own average.
    (
        "statistics.aggregate_quantiles",
        lambda f: f(
            [[[1.0, 2.0]] * 2] * 2, [[0.0], [1.0]], [[[0.0, 3.0]] * 6] * 2, [[float(i)] for i in range(6)],
            [0.0, 1.0, 2.0, 3.0, 1.5, 2.5], [[[0.0, 3.0]] * 3] * 2, [[0.5], [1.5], [2.5]], [0.5, 1.0, 2.0], [0.25, 0.75],
            scope="global", resolution="coarse", seed=1),
        lambda r: r, [[1, 2], [1, 2]], 1e-6,
    ),
    # A model that is always right has all the weight.
    (
        "statistics.quantile_averaging",
        lambda f: f([[[1.0], [2.0], [4.0]], [[5.0], [0.0], [0.0]]], [1.0, 2.0, 4.0], [0.5]),
        lambda r: [*np_a(r.weights).ravel(), r.loss], [1, 0, 0], 1e-9,
    ),
    # 0.9 (3 - 1)
    ("statistics.pinball_loss", lambda f: f(1.0, 3.0, 0.9), lambda r: r, 1.8, 1e-15),
    # (0.25 * 2 + 0.75 * 1) / 2
    ("statistics.mean_pinball_loss", lambda f: f([[1.0, 2.0]], [3.0], [0.25, 0.75]), lambda r: r, 0.625, 1e-15),
    # 0.25 ((2 - 1) + 4 (3 - 2))
    ("statistics.weighted_interval_score", lambda f: f([[1.0, 2.0]], [3.0], [0.25, 0.75]), lambda r: r, 1.25, 1e-15),
    ("statistics.crossing_fraction", lambda f: f([[1.0, 3.0, 2.0]]), lambda r: r, 0.5, 0),
    # Of the targets 0, 1.5, 1.7 and 3 one lies below [1, 2], two in it, three below its end.
    (
        "statistics.quantile_coverage", lambda f: f([[1.0, 2.0]] * 4, [0.0, 1.5, 1.7, 3.0], [0.25, 0.75]),
        lambda r: [*r.below, *r.nominal, *r.covered, r.calibration_error], [0.25, 0.75, 0.5, 0.5, 0], 1e-15,
    ),
    # The scores max(l - y, y - u) are 1, -0.5, -0.3 and 1; the third smallest of four for 0.5 (4 + 1).
    (
        "statistics.conformal_quantiles", lambda f: f([[1.0, 2.0]] * 4, [0.0, 1.5, 1.7, 3.0], [0.25, 0.75]),
        lambda r: r.offsets, [1.0], 1e-12,
    ),
    # Equal models are their own mixture.
    (
        "statistics.linear_pool", lambda f: f([[[0.0, 1.0, 3.0]]] * 2, [0.25, 0.5, 0.75]), lambda r: r, [[0, 1, 3]], 1e-9,
    ),
    # At a rate of H(X) = 1.5 bits everything is told.
    (
        "statistics.entropy_bottleneck_frontier", lambda f: f([0.5, 0.25, 0.25], [1.5]),
        lambda r: [r[0].rate, r[0].information], [1.5, 1.5], 1e-9,
    ),
    ("statistics.entropy_bounded_encoder", lambda f: f([0.25] * 4, 1.0), lambda r: r.cell_probabilities, [0.5, 0.5], 1e-15),
    # Two cells of two symbols, coupled with a coin: T is Y.
    (
        "statistics.bottleneck_coupling", lambda f: f([0.25] * 4, [0.5, 0.5], 1.0),
        lambda r: sorted(np_a(r.decoder).ravel()), [0, 0, 0.5, 0.5], 1e-12,
    ),
]
