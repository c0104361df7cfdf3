"""What a claim lacks in an experiment, and the config lines that would give it."""

from collections.abc import Mapping
from typing import Any

from acgan.claims.registry import Claim, Needs
from acgan.config.resolve import Config, given, groups_of, models, spec
from acgan.config.spec import differing
from acgan.data.sources import SOURCES
from acgan.declarations.architecture import SIDES
from acgan.declarations.roles import ROLES, suites_in
from acgan.metrics.inference import LEAST_MODELS

JUDGE = Needs("a judge that names the classes", "judge")
# What a table stands for, where a suite cannot have it.
WITHOUT = {
    "nearness": Needs("held-out images", "heldout"),
    "class_accuracy": JUDGE,
    "model_measures": JUDGE,
    "judged_by_class": JUDGE,
}
OF_LATENTS = {  # the same of the table latent_space
    "smooth_latent": Needs("lines through the latent space", "paths"),
    "shared_structure": Needs("models of several classes", ""),
    "z_without_class": JUDGE,
}
OF_CLASSES = ("class_accuracy", "class_diversity")


def lacking(config: Config, claim: Claim, tables: Mapping[str, Any]) -> Needs | None:
    """What a claim lacks; `tables` are those that there are, by role/table."""
    for role in claim.roles:
        if not suites_in(config, role):
            return Needs(f"a suite in the role {role}", f"role {role}")
    for reference in claim.tables:
        role, _, name = reference.partition("/")
        suite = suites_in(config, role)[0]
        if name in OF_CLASSES and given(config, suite) != "class":
            return Needs("a generator that is given a class", "")
        if reference not in tables:
            return (OF_LATENTS if name == "latent_space" else WITHOUT).get(
                claim.name if name == "latent_space" else name, Needs(f"the table {name}", "")
            )
        if not set(tables[reference]["suite"]) & set(suites_in(config, role)):
            return Needs("a model that has not diverged", "")
    return None


def lines(config: Config, found: Needs) -> str:
    """Lines for the config file, or for one that is merged over it; none where none would do."""
    kind, _, role = found.lines.partition(" ")
    if kind == "role":
        return for_role(config, role)
    large = suites_in(config, "large")
    suite = config["suites"][large[0]] if large else {}
    if kind == "heldout":
        return for_heldout(config, suite["dataset"])
    if kind in ("quarter", "own_side"):
        sides = {suite["side"] // 4} if kind == "quarter" else sides_of_roles(config)
        return f"scores: {{resolutions: {sorted({*config['scores']['resolutions'], *sides})}}}"
    if kind == "paths":
        return f"suites: {{{large[0]}: {{paths_per_class: 8}}}}"
    if kind == "judge":
        known = next(iter(config["judges"]), "...")
        return f"suites: {{{large[0]}: {{judge: {known}}}}}"
    if kind == "large_restarts":
        restarts = -(-LEAST_MODELS // len(groups_of(suite)))
        return f"suites: {{{large[0]}: {{restarts: {restarts}}}}}"
    if kind == "class_count_restarts":
        name = suites_in(config, "class_count")[0]
        counts = config["suites"][name]["classes_per_model"]
        return f"suites: {{{name}: {{restarts: {max(2, -(-LEAST_MODELS // len(counts)))}}}}}"
    if kind in ("acgan", "gan", "improved_gan", "one_class"):
        return for_role(config, "one_class" if kind == "one_class" else "systems")
    return ""


def sides_of_roles(config: Config) -> set[int]:
    """The sides at which suites of several sides are compared."""
    suites = [s for role in ("small", "widened") for s in suites_in(config, role)]
    return {config["suites"][s]["side"] for s in suites}


def for_heldout(config: Config, name: str) -> str:
    """The images of a data set that its training part does not have: of other files of one's own
    that the config has, else a part of its own.
    """
    dataset = config["datasets"][name]
    if SOURCES[dataset["source"]].is_own:
        for other, files in config["datasets"].items():
            apart = files["split"] == "heldout" and files["path"] != dataset["path"]
            if apart and files["holdout"] is None and SOURCES[files["source"]].is_own:
                return f"datasets: {{{name}: {{heldout: {other}}}}}"
    same = ("source", "path", "layout", "url", "classes", "holdout", "holdout_seed")
    own = {k: v for k, v in differing(dataset, "dataset").items() if k in same}
    lines = []
    if SOURCES[dataset["source"]].is_own and own.get("holdout") is None:
        own["holdout"] = 0.2  # both splits have all images without it
        lines = [f"  {name}: {{holdout: 0.2}}"]
    lines.append(f"  {name}_heldout: {flow({**own, 'split': 'heldout'})}")
    return "\n".join(["datasets:", *lines])


def for_role(config: Config, role: str) -> str:
    """Suites for a role, like the first suite that there is; none where there can be none."""
    large = suites_in(config, "large")
    like = config["suites"][large[0] if large else next(iter(config["suites"]))]
    if role in ("small", "widened") and like["side"] <= SIDES[0]:
        return ""
    keys = ("dataset", "side", "judge", "classes_per_model", "samples_per_class", "training")
    same = {key: like[key] for key in keys if like[key] is not None}
    training = {k: v for k, v in like["training"].items() if v != config["training"][k]}
    same = {k: v for k, v in same.items() if k != "training"} | (
        {"training": training} if training else {}
    )
    half = {"side": max(SIDES[0], like["side"] // 2)}
    asked = sum(config["scores"][p]["samples"] for p in ("select", "report"))
    per_class = max(like["samples_per_class"], -(-asked // like["classes"]))
    restarts = {"restarts": 8, "classes_per_model": like["classes"]}
    compared = same | restarts | {"samples_per_class": per_class}
    alone = {"classes_per_model": 1, "samples_per_class": asked}
    alone |= {"restarts": max(1, -(-LEAST_MODELS // like["classes"]))}
    counts = {"classes_per_model": [2, max(3, like["classes"] // 2)], "restarts": 3}
    suites: dict[str, dict[str, Any]] = {
        "large": {"large": same},
        "small": {"small": same | half},
        "widened": {"widened": same | half},
        "class_count": {"sweep": same | counts},
        "systems": {
            "acgan": compared,
            "gan": compared | {"objective": {"system": "gan"}},
            "improved_gan": compared | {"objective": {"system": "improved_gan"}},
        },
        "one_class": {"one_class": same | alone | {"objective": {"system": "gan"}}},
    }[role]
    if role == "widened":
        suites[role]["nets"] = {"width": as_large(config, like, half["side"])}
    known = suites_in(config, role) if ROLES[role].alike else []
    named = list(dict.fromkeys([*known, *suites]))
    made = [f"  {name}: {flow(suite)}" for name, suite in suites.items()]
    played = flow(named) if ROLES[role].alike else named[0]
    return "\n".join(["suites:", *made, f"roles: {{{role}: {played}}}"])


def as_large(config: Config, suite: dict[str, Any], side: int) -> float:
    """The width with which nets of this side have as many parameters as those of a suite."""
    from acgan.systems.counting import parameters, width_for  # here, since it takes torch

    (name,) = (n for n, s in config["suites"].items() if s is suite)
    large = spec(config, name, models(config, name)[0].id)
    return width_for({**large, "side": side}, parameters(large))


def flow(value: Any) -> str:
    """A value as YAML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else str(value)
