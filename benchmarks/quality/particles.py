"""Particle filters of wear that nobody sees, and of gauges that drift.

M machines, N particles each, P parts, X metrics, D days.

Source: the bootstrap filter of Gordon, Salmond and Smith (1993), with systematic resampling.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTICLES = 600
IMPOSSIBLE = 1e-3  # what the rules exclude, so that no cloud dies out


@dataclass
class Particles:
    """What a machine may be like, by particle.

    Attributes:
        wear: (M, N, P).
        rate: Wear a day; (M, N, P).
        drift: Mean and variance of each gauge's; (M, N, 2, X).
        told: What readings of the last days say that have not been weighed; (M, N, D, 3, X).
        log_weight: (M, N).
    """

    wear: Floats
    rate: Floats
    drift: Floats
    told: Floats
    log_weight: Floats

    def resample(self, rng: Generator) -> None:
        """Draw the particles of machines anew whose weights lie on less than half of them."""
        weight = normalise(self.log_weight)
        count = weight.shape[1]
        states = [values for name, values in vars(self).items() if name != "log_weight"]
        for machine in np.flatnonzero(1 / (weight**2).sum(axis=1) < count / 2):
            places = (np.arange(count) + rng.random()) / count
            drawn = np.searchsorted(weight[machine].cumsum(), places).clip(max=count - 1)
            for values in states:
                values[machine] = values[machine, drawn]
            self.log_weight[machine] = 0


def normalise(log_weight: Floats) -> Floats:
    """Weights that sum to one for each machine; (M, N)."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def unknown_drift(spread: float) -> Floats:
    """Mean and variance of a gauge's drift of which nothing is known; (2, 1)."""
    return np.array([[0], [spread**2]])


def add_shift(told: Floats, variance: Floats | float) -> Floats:
    """Let one more shift, of such a variance, have moved all these readings.

    Args:
        told: How surely readings tell a shift of their gauge, the one that fits best times that,
            and twice the negative log-likelihood without any; (…, 3, X).
        variance: Of the shift.
    """
    weight, pull, error = np.moveaxis(told, -2, 0)
    shrunk = 1 + variance * weight
    moved = error - variance * pull**2 / shrunk + np.log(shrunk)
    return np.stack([weight / shrunk, pull / shrunk, moved], axis=-2)


def follow_drift(cloud: Particles, told: Floats) -> None:
    """Weigh particles by readings, and take from these what they say of the gauges (Kalman)."""
    weight, pull, error = np.moveaxis(told, -2, 0)
    mean, variance = np.moveaxis(cloud.drift, -2, 0)
    off = pull - mean * weight
    about_mean = np.stack([weight, off, error - 2 * mean * pull + mean**2 * weight], axis=-2)
    shrunk = 1 + variance * weight
    cloud.log_weight -= add_shift(about_mean, variance)[..., 2, :].sum(axis=2) / 2
    cloud.drift = np.stack([mean + variance * off / shrunk, variance / shrunk], axis=-2)


def weigh(cloud: Particles, variance: float) -> Floats:
    """Weights of the particles once readings of the last days count, too; (M, N).

    The gauge's drift, of such a variance, is one shift of all of these.
    """
    error = add_shift(cloud.told.sum(axis=2), variance)[..., 2, :].sum(axis=2)
    return normalise(cloud.log_weight - error / 2)
