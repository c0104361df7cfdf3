"""The jobs of an experiment, by rule: which there are, how many, and which of them a cluster gets.

Rules are made from this list, and `acgan plan` counts it, so that no name of a rule is ever parsed.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from acgan.config import resolve
from acgan.tables import TABLES, wanted
from acgan.workflow.experiment import Experiment

ACTS = ("train", "sample", "score")  # of a model, in one submission


class ModelJob(NamedTuple):
    """The jobs that train, sample and score the same models."""

    suite: str
    suffix: str  # of the names of its rules, after the suite's
    ids: list[str]  # where each model has a job of its own, ["{model}"]
    jobs: int

    @property
    def log(self) -> str:
        """The name of its log, in its suite's folder."""
        return f"job{self.suffix}" if self.suffix else "{model}"

    @property
    def models(self) -> str:
        """suite/id of each, as `acgan sample` takes them."""
        return " ".join(f"{self.suite}/{m}" for m in self.ids)

    def rule(self, act: str) -> str:
        return f"{act}_{self.suite}{self.suffix}"


class Rule(NamedTuple):
    """One rule."""

    name: str
    stage: str  # for a short table
    jobs: int
    submitted: bool = False  # a cluster gets it; of a model, one submission for its three acts
    dataset: str | None = None  # that it fetches or packs
    judge: str | None = None  # that it asks


def model_jobs(e: Experiment) -> list[ModelJob]:
    """Of every suite: one rule by the wildcard {model}, or one for each job of several models."""
    found = []
    for suite in e.suites:
        if e.config["suites"][suite]["models_per_job"] == 1:
            found.append(ModelJob(suite, "", ["{model}"], len(e.model_ids(suite))))
        else:
            jobs = resolve.jobs(e.config, suite).items()
            found += [ModelJob(suite, name.removeprefix("job"), ids, 1) for name, ids in jobs]
    return found


def table_rule(w: wanted.Wanted) -> str:
    return "_".join(filter(None, ("table_of", w.name, w.suite)))


def sheet_rule(w: wanted.Wanted) -> str:
    return f"sheet_of_{w.name}_{w.suite}"


def rules(e: Experiment) -> list[Rule]:
    """Every rule with a command, in the order of the pipeline; `all` makes so many jobs of each."""
    return [*data_rules(e), *judge_rules(e), *model_rules(e), *result_rules(e)]


def data_rules(e: Experiment) -> Iterator[Rule]:
    files = [d for d in e.datasets if not e.is_in_package(d)]
    # Which data set a job of `fetch` is for, its wildcard says.
    yield Rule("fetch", "fetch", len(files))
    for d in e.datasets:
        yield Rule(f"pack_{d}", "pack", e.parts(d), submitted=True, dataset=d)
        if e.parts(d) > 1:
            yield Rule(f"index_{d}", "index", len(e.sides(d)))


def judge_rules(e: Experiment) -> Iterator[Rule]:
    trained = [j for j in e.config["judges"] if e.is_trained(j)]
    come = [j for j, chosen in e.config["judges"].items() if chosen["test"] and j not in trained]
    yield Rule("judge", "judge", len(trained), submitted=True)
    yield Rule("judge_mistakes", "judge_mistakes", len(trained), submitted=True)
    yield Rule("fetch_weights", "fetch_weights", len(fetched_weights(e, come)))
    yield Rule("judge_accuracy", "judge_accuracy", len(come), submitted=True)


def fetched_weights(e: Experiment, measured: Iterable[str]) -> set[str]:
    """The published weight files that some job asks for."""
    from acgan.judges import weights

    asked = {*measured, *filter(None, map(e.judge_of, e.suites))}
    return {
        str(weights.place(e.config["judges"][j]))
        for j in asked
        if weights.is_fetched(e.config["judges"][j])
    }


def real_suites(e: Experiment) -> list[str]:
    """The suites whose training images are scored."""
    return [
        s
        for s in e.suites
        if any(w.suite == s and wanted.reads_real(e.config, w) for w in e.tables)
    ]


def judged_suites(e: Experiment) -> list[str]:
    """Those whose training images are scored by the judge's own label."""
    return [
        s
        for s in real_suites(e)
        if any(w.suite == s and "judged" in TABLES[w.name].real_scores for w in e.tables)
    ]


def feature_suites(e: Experiment) -> list[str]:
    """The suites whose judge is asked for features of the training images."""
    return [s for s in e.suites if e.score_features(s) or e.grouping_features(s)]


def model_rules(e: Experiment) -> Iterator[Rule]:
    yield Rule("groups", "groups", len(e.suites))
    for act in ACTS:
        for job in model_jobs(e):
            judge = e.judge_of(job.suite) if act == "score" else None
            yield Rule(job.rule(act), act, job.jobs, submitted=act == ACTS[0], judge=judge)
    yield Rule("sample_list", "sample_list", len(e.suites))
    yield Rule("score_real", "score_real", len(real_suites(e)), submitted=True)
    yield Rule("score_real_judged", "score_real", len(judged_suites(e)), submitted=True)
    yield Rule("score_heldout", "score_heldout", len(e.heldout_suites), submitted=True)
    yield Rule("real_features", "real_features", len(feature_suites(e)), submitted=True)


def result_rules(e: Experiment) -> Iterator[Rule]:
    for w in e.tables:
        yield Rule(table_rule(w), "table", 1)
    for w in (*e.sheets, *e.albums):
        yield Rule(sheet_rule(w), "sheet", 1)
    for item in e.items:
        yield Rule(item, "figure", 1)
    yield Rule("report", "report", 1)


def needed(e: Experiment, jobs: Iterable[tuple[str, dict[str, str]]]) -> tuple[set[str], set[str]]:
    """The data sets that jobs (rule, wildcards) fetch or pack, and the judges that they ask."""
    by_name = {rule.name: rule for rule in rules(e)}
    datasets, judges = set(), set()
    for name, wildcards in jobs:
        rule = by_name.get(name)
        if rule is None:
            continue
        if rule.stage in ("fetch", "pack"):
            datasets.add(rule.dataset or wildcards["dataset"])
        elif rule.stage in ("score_real", "real_features"):
            judges.add(e.judge_of(wildcards["suite"]))
        elif rule.stage == "judge_accuracy":
            judges.add(wildcards["judge"])
        elif rule.judge:
            judges.add(rule.judge)
    return datasets, {judge for judge in judges if judge}
