"""How long classes vary during training, from birth to collapse; a log-rank test over models."""

import numpy as np
import pandas as pd

from acgan.io.rng import numpy_rng


def lifetimes(rows: pd.DataFrame) -> pd.DataFrame:
    """Of classes (columns model, class, step, ms_ssim, threshold, diverged) those that were born,
    below the threshold for the first time: model, time from then to death, and whether they died,
    which is the first step from which on they lie above it to the end; where the model diverged,
    its last step.
    """
    found = []
    for (model, _), one in rows.sort_values("step").groupby(["model", "class"], sort=False):
        steps, varied = one["step"].to_numpy(), (one["ms_ssim"] < one["threshold"]).to_numpy()
        if not varied.any():
            continue
        born = int(varied.argmax())
        last = len(varied) - 1 - int(varied[::-1].argmax())  # that it was seen to vary
        died = last < len(varied) - 1
        end = steps[last + 1] if died else steps[-1]
        died |= bool(one["diverged"].any())
        found.append((model, float(end - steps[born]), died))
    return pd.DataFrame(found, columns=["model", "time", "event"])


def statistic(time: np.ndarray, event: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Log-rank's observed less expected deaths in the second group, for each row of truth values
    (B, N) that says who is in it.
    """
    total = np.zeros(len(second))
    for moment in np.unique(time[event]):
        at_risk, died = time >= moment, event & (time == moment)
        inside = second[:, at_risk].sum(1)
        total += second[:, died].sum(1) - died.sum() * inside / at_risk.sum()
    return total


def log_rank(first: pd.DataFrame, second: pd.DataFrame, most: int = 5_000) -> float:
    """Two-sided p of lifetimes (see above) that differ, under random ways to share the models out;
    NaN where nothing died or a side is empty.
    """
    if first.empty or second.empty or not (first["event"].any() or second["event"].any()):
        return float("nan")
    both = pd.concat([first.assign(group=0), second.assign(group=1)], ignore_index=True)
    names = both["group"].astype(str) + both["model"]
    numbers, models = pd.factorize(names)
    inside = np.array([m.startswith("1") for m in models])
    rng = numpy_rng(0, "log_rank")
    drawn = rng.permuted(np.tile(inside, (most, 1)), axis=1)
    time, event = both["time"].to_numpy(), both["event"].to_numpy(bool)
    seen = abs(statistic(time, event, inside[None][:, numbers])[0])
    found = abs(statistic(time, event, drawn[:, numbers]))
    return float((1 + (found >= seen - 1e-9).sum()) / (1 + most))
