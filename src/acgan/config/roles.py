"""What suites must satisfy to play their roles (declarations/roles.py)."""

from collections.abc import Iterator, Mapping

from acgan.config.resolve import LEAST_FOR_DISTANCES
from acgan.config.schema import Experiment, Suite
from acgan.declarations.roles import ROLES
from acgan.io.words import counted
from acgan.judges.kinds import KINDS

Problem = tuple[tuple[str | int, ...], str]  # path of the key, what is wrong and what is allowed


def named(e: Experiment, role: str) -> list[str]:
    """The names that a role is given to."""
    value = e.roles.get(role)
    return [] if value is None else [value] if isinstance(value, str) else value


def asks(e: Experiment, suite: str, what: str) -> bool:
    """Whether a suite plays a role that asks `what` of it, a field of Role."""
    return any(suite in named(e, role) and getattr(ROLES[role], what) for role in ROLES)


def unknown(kind: str, name: str, known: Mapping[str, object]) -> str:
    return f"there is no {kind} named {name}; allowed: {', '.join(known)}"


def role_problems(e: Experiment) -> Iterator[Problem]:
    """Of every role and the suites that play it."""
    if not any(e.roles.values()):
        roles = ", ".join(ROLES)
        yield ("roles",), f"no suite plays a role, so nothing would be drawn; roles: {roles}"
    for role, about in ROLES.items():
        for name in named(e, role):
            suite = e.suites.get(name)
            if suite is None:
                yield ("roles", role), unknown("suite", name, e.suites)
                continue
            several = suite.grid or isinstance(suite.classes_per_model, list)
            if about.one_setting and several:
                yield ("roles", role), "this suite has no grid and no list of class counts"
            if about.class_counts and not isinstance(suite.classes_per_model, list):
                yield ("roles", role), "its suite lists its numbers of classes per model"
            if about.resolutions and suite.side not in e.scores.resolutions:
                yield (
                    ("scores", "resolutions"),
                    f"side {suite.side} of suite {name} must be among them",
                )
            if about.scores and (about.judge_needed or suite.judge):
                yield from score_problems(e, role, name, suite)
            own = "system" in suite.objective.model_fields_set
            system = suite.objective.system if own else e.objective.system
            if about.system and system != about.system:
                yield ("roles", role), f"its suite trains {about.system}, not {system}"
        if about.alike:
            yield from unlike(e, role)
    yield from figure_problems(e)


def unlike(e: Experiment, role: str) -> Iterator[Problem]:
    """What forbids to compare the suites of a role restart by restart."""
    suites = {n: e.suites[n] for n in named(e, role) if n in e.suites}
    for name, suite in suites.items():
        if suite.grid or isinstance(suite.classes_per_model, list) or suite.models is not None:
            yield (
                ("roles", role),
                f"suite {name}: restarts are compared, so no grid, list of class counts or choice "
                f"of models; the role settings compares settings",
            )
    for key in ("dataset", "side", "judge", "classes_per_model"):
        if len({str(getattr(suite, key)) for suite in suites.values()}) > 1:
            told = ", ".join(f"{n} {getattr(suite, key)}" for n, suite in suites.items())
            yield ("roles", role), f"its suites have one {key}: {told}"


def figure_problems(e: Experiment) -> Iterator[Problem]:
    """What Figures 2 and 5 would lack."""
    sides, has_small = e.scores.resolutions, any(n in e.suites for n in named(e, "small"))
    for name in named(e, "large"):
        large = e.suites.get(name)
        if large is None:
            continue
        quarter = large.side // 4
        if has_small and quarter not in sides:
            yield (
                ("scores", "resolutions"),
                f"Figure 2 needs {quarter}, a quarter of side {large.side} of suite {name}: "
                f"{sorted({*sides, quarter})}",
            )
        steps, every = (
            getattr(large.training if k in large.training.model_fields_set else e.training, k)
            for k in ("steps", "trajectory_every")
        )
        if every > steps:
            yield (
                ("suites", name, "training", "trajectory_every"),
                f"{every:,} is more than the {steps:,} steps, so Figure 5 would be a single point: "
                f"{max(1, steps // 10)} gives a curve",
            )


def score_problems(e: Experiment, role: str, name: str, suite: Suite) -> Iterator[Problem]:
    """The selecting and the reporting score use different samples: there must be enough of them."""
    if isinstance(suite.classes_per_model, list):
        yield ("roles", role), "its suite has one number of classes per model, not a list"
        return
    classes = counted(suite.classes_per_model, "class", "classes")
    for purpose in ("select", "report"):
        asked = getattr(e.scores, purpose)
        if asked.samples % asked.groups or asked.samples % suite.classes_per_model:
            yield (
                ("scores", purpose, "samples"),
                f"{asked.samples} samples cannot be shared out evenly over "
                f"{counted(asked.groups, 'group')} and {classes}",
            )
        elif asked.samples == asked.groups:
            yield (
                ("scores", purpose, "groups"),
                f"{asked.groups} groups of one sample, whose score is always 1; fewer groups",
            )
    judge = e.judges.get(suite.judge or "")
    distances = e.scores.feature_distances and judge and KINDS[judge.kind].features
    if distances and e.scores.report.samples < LEAST_FOR_DISTANCES:
        yield (
            ("scores", "report", "samples"),
            f"feature distances need at least {LEAST_FOR_DISTANCES} samples, not "
            f"{e.scores.report.samples}; or set scores.feature_distances: false",
        )
    available = suite.samples_per_class * suite.classes_per_model
    wanted = e.scores.select.samples + e.scores.report.samples
    if wanted > available:
        yield (
            ("suites", name, "samples_per_class"),
            f"scores.select and scores.report need {wanted} samples of each model, "
            f"{suite.samples_per_class} samples of {classes} are {available}",
        )
