"""Cut things into groups of equal size whose members lie near to each other, or far apart.

The sum of the distances within all groups is made small (or large): a greedy start, then exchanges
of two members until none helps. That is a local optimum; the best partition of 1,000 classes cannot
be found in a lifetime. Nothing is random: equal distances give equal groups.
"""

import itertools

import numpy as np

LEAST_GAIN = 1e-9  # of the largest distance; less is rounding


def partition(distances: np.ndarray, size: int, similar: bool) -> list[list[int]]:
    """Groups of exactly `size` positions of `distances` (n, n), symmetric with a zero diagonal.

    Near ones together if `similar`, else far ones. Raises ValueError where `size` does not
    divide n.

    Positions are sorted within a group, groups by their first position.
    """
    count = len(distances)
    if count % size:
        raise ValueError(f"{count} cannot be cut into groups of {size}")
    cost = np.asarray(distances, np.float64) * (1 if similar else -1)
    group = greedy(cost, size)
    exchange(cost, group)
    members = [np.flatnonzero(group == g).tolist() for g in range(count // size)]
    return sorted(members)


def greedy(cost: np.ndarray, size: int) -> np.ndarray:
    """(n,) group of each position: fill one group after the other with whatever costs least.

    Each group starts with the free position that costs most with the other free ones, since
    it would be hardest to place later.
    """
    group = np.full(len(cost), -1)
    with_free = cost.sum(1)  # cost of each position with all that are free
    for number in range(len(cost) // size):
        chosen = np.where(group < 0, with_free, -np.inf).argmax()
        added = np.where(group < 0, 0.0, np.inf)  # what each position would add to the group
        for _ in range(size):
            group[chosen], added[chosen] = number, np.inf
            with_free -= cost[chosen]
            added += cost[chosen]
            chosen = added.argmin()
    return group


def exchange(cost: np.ndarray, group: np.ndarray) -> None:
    """Exchange members of two groups, always the partner that helps most, until no exchange helps.
    `group` (n,) is changed in place.
    """
    everyone, least = np.arange(len(cost)), LEAST_GAIN * np.abs(cost).max()
    # (groups, n): cost of a position with all members of a group
    to_group = np.stack([cost[group == g].sum(0) for g in range(group.max() + 1)])
    own = to_group[group, everyone]
    idle = 0  # positions in a row that no exchange helped
    for i in itertools.cycle(everyone):
        if idle == len(cost):
            return
        a = group[i]
        change = to_group[group, i] + to_group[a] - 2 * cost[i] - own - own[i]
        change[group == a] = 0
        j = change.argmin()
        idle += 1
        if change[j] < -least:
            b = group[j]
            group[i], group[j] = b, a
            to_group[a] += cost[j] - cost[i]
            to_group[b] -= cost[j] - cost[i]
            own = to_group[group, everyone]
            idle = 0
