"""What a claim lacks in an experiment, and the config lines that would give it."""

from collections.abc import Mapping
from typing import Any

from acgan.claims.registry import Claim, Needs
from acgan.config.resolve import Config, given, groups_of
from acgan.declarations.roles import ROLES, suites_in
from acgan.metrics.inference import LEAST_MODELS

# What a table stands for, where a suite cannot have it.
WITHOUT = {
    "heldout_neighbours": Needs("held-out images", "heldout"),
    "accuracy_by_class": Needs("a judge that names the classes", "judge"),
    "latent_space": Needs("paths or a judge", "paths"),
    "model_measures": Needs("a judge that names the classes", "judge"),
    "judged_by_class": Needs("a judge that names the classes", "judge"),
}
OF_CLASSES = ("accuracy_by_class", "ms_ssim_by_class")


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
            return WITHOUT.get(name, Needs(f"the table {name}", ""))
        if not set(tables[reference]["suite"]) & {*suites_in(config, role), "heldout"}:
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
        name, dataset = suite["dataset"], config["datasets"][suite["dataset"]]
        own = {k: dataset[k] for k in ("path", "holdout") if dataset[k] is not None}
        own = {"source": dataset["source"], "split": "heldout"} | own
        return f"datasets: {{{name}_heldout: {flow(own)}}}"
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
    if kind in ("gan", "improved_gan", "one_class"):
        return for_role(config, "one_class" if kind == "one_class" else "systems")
    return ""


def sides_of_roles(config: Config) -> set[int]:
    """The sides at which suites of several sides are compared."""
    suites = [s for role in ("small", "widened") for s in suites_in(config, role)]
    return {config["suites"][s]["side"] for s in suites}


def for_role(config: Config, role: str) -> str:
    """A suite for a role, like the first suite that there is."""
    large = suites_in(config, "large")
    like = config["suites"][large[0] if large else next(iter(config["suites"]))]
    same = {key: like[key] for key in ("dataset", "side", "judge") if like[key] is not None}
    half = {"side": max(16, like["side"] // 2)}
    wide = {"nets": {"width": round(1.5 * like["nets"]["width"], 3)}}
    samples = {p: config["scores"][p]["samples"] for p in ("select", "report")}
    per_class = max(like["samples_per_class"], -(-sum(samples.values()) // like["classes"]))
    restarts = {"restarts": 8, "classes_per_model": like["classes"]}
    systems = restarts | {"samples_per_class": per_class}
    alone = {"classes_per_model": 1, "samples_per_class": sum(samples.values())}
    suites: dict[str, dict[str, Any]] = {
        "large": {"large": same},
        "small": {"small": same | half},
        "widened": {"widened": same | half | wide},
        "class_count": {"sweep": same | {"classes_per_model": [2, 5], "restarts": 3}},
        "systems": {
            "acgan": same | systems,
            "gan": same | systems | {"objective": {"system": "gan"}},
            "improved_gan": same | systems | {"objective": {"system": "improved_gan"}},
        },
        "one_class": {"one_class": same | alone | {"objective": {"system": "gan"}}},
    }[role]
    names = flow(list(suites)) if ROLES[role].alike else next(iter(suites))
    made = [f"  {name}: {flow(suite)}" for name, suite in suites.items()]
    return "\n".join(["suites:", *made, f"roles: {{{role}: {names}}}"])


def flow(value: Any) -> str:
    """A value as YAML writes it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else str(value)
