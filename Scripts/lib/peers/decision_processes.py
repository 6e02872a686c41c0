"""pymdptoolbox, for the solvers of plug-in-average-reward (arXiv:2410.07616)."""

import mdptoolbox.mdp
import numpy as np

from protocol import case


def process(arrays):
    """Probabilities as (action, state, next state) and rewards as (state, action)."""
    reward = arrays["reward"]
    states, actions = reward.shape
    transition = arrays["transition"].reshape(states, actions, states)
    return np.ascontiguousarray(transition.transpose(1, 0, 2)), reward


@case
def average_reward(settings, arrays):
    transition, reward = process(arrays)

    def work():
        solver = mdptoolbox.mdp.RelativeValueIteration(
            transition, reward, epsilon=settings["tolerance"], max_iter=1_000_000)
        solver.run()
        return solver

    return work, lambda solver: [[solver.average_reward], solver.policy]


@case
def discounted_reward(settings, arrays):
    transition, reward = process(arrays)

    def work():
        solver = mdptoolbox.mdp.PolicyIteration(transition, reward, settings["discount"])
        solver.run()
        return solver

    return work, lambda solver: [solver.V, solver.policy]
