"""What a config must satisfy beyond the type of each key: names that exist, sides that the nets
make, counts that fit.
"""

import json
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from acgan import systems
from acgan.config.grouping import grouping_problems
from acgan.config.model_choice import chosen_groups
from acgan.config.names import name_problems
from acgan.config.roles import Problem, asks, role_problems, unknown
from acgan.config.schema import (
    ClassChoice,
    Dataset,
    Experiment,
    Judge,
    Nets,
    Objective,
    Suite,
    Training,
)
from acgan.data.sources import SOURCES, class_names
from acgan.declarations.architecture import ARCHITECTURES, OF_ALL_NETS, SIDES
from acgan.io.errors import UserError
from acgan.io.words import counted
from acgan.judges.kinds import KINDS

# Keys that only some read: {key: sources}, {key: kinds of judges}.
SOURCE_KEYS = {k: [n for n, s in SOURCES.items() if k in s.keys] for k in Dataset.model_fields}
KIND_KEYS = {
    k: [n for n, kind in KINDS.items() if k in (*kind.keys, *kind.more_keys)]
    for k in Judge.model_fields
}
SYSTEM_KEYS = {
    k: [n for n in systems.SYSTEMS if k in systems.load(n).keys] for k in Objective.model_fields
}
NETS = tuple(Nets.model_fields)
SECTIONS: dict[str, type[BaseModel]] = {"nets": Nets, "objective": Objective, "training": Training}


def problems(e: Experiment) -> Iterator[Problem]:
    """(path of the key, what is wrong and what is allowed), in the order of the file."""
    yield from name_problems(e)
    for name, dataset in e.datasets.items():
        for where, message in (*dataset_problems(dataset), *heldout_problems(e, dataset)):
            yield ("datasets", name, *where), message
    for name, judge in e.judges.items():
        for where, message in judge_problems(e, name, judge):
            yield ("judges", name, *where), message
    for name, suite in e.suites.items():
        for where, message in (
            *suite_problems(e, name, suite),
            *system_problems(e, suite),
            *grouping_problems(e, suite),
        ):
            yield ("suites", name, *where), message
    trained = {system_name(e, suite) for suite in e.suites.values()} or {e.objective.system}
    for field in e.objective.model_fields_set:
        owners = SYSTEM_KEYS[field]
        if field != "system" and not trained & set(owners):
            yield ("objective", field), taken_by(" and ".join(sorted(trained)), field, owners)
    for i, side in enumerate(e.scores.resolutions):
        if side < 1:
            yield ("scores", "resolutions", i), f"a side is at least 1 pixel, not {side}"
    if e.scores.ms_ssim_all_pairs == 1:
        yield ("scores", "ms_ssim_all_pairs"), "1 image has no pair; 0 (none), or 2 and more"
    yield from role_problems(e)


def dataset_problems(dataset: Dataset) -> Iterator[Problem]:
    source, given = SOURCES[dataset.source], dataset.model_fields_set
    choice = dataset.classes
    if isinstance(choice, ClassChoice) and (choice.wordnet is None) == (choice.first is None):
        yield ("classes",), "one of wordnet and first, not none or both"
        return
    if isinstance(choice, list) and not choice:
        yield ("classes",), "an empty list leaves no class"
    if source.is_own and isinstance(choice, ClassChoice) and choice.wordnet:
        yield ("classes",), "WordNet's tree is for ImageNet's classes: name yours in a list"
    if not source.is_own and isinstance(choice, int):
        known = counted(source.classes or 0, "class", "classes")
        yield (
            ("classes",),
            f"{dataset.source} has {known}: choose by a list, {{wordnet: ...}} or {{first: n}}",
        )
    elif not source.is_own and choice is not None:
        try:
            class_names(dataset.model_dump())
        except UserError as error:
            yield ("classes",), str(error)
    if dataset.holdout is None and "holdout_seed" in given:
        yield ("holdout_seed",), "holdout is missing: the share of images that are held out"
    if source.is_own:
        for field in ("path", "classes"):
            if getattr(dataset, field) is None:
                yield (), f"{field} is missing: {Dataset.model_fields[field].description}"
    for field, owners in SOURCE_KEYS.items():
        if field in given and owners and dataset.source not in owners:
            yield (field,), f"{dataset.source} takes no {field}: the key is for {', '.join(owners)}"
    published = {a.file for a in source.archives.get(dataset.split, ())}
    for file in dataset.checksums:
        if file not in published or dataset.layout != "archives":
            known = ", ".join(sorted(published)) if dataset.layout == "archives" else "none"
            yield ("checksums", file), f"{file} is no archive of it; allowed: {known}"
    if dataset.layout != "archives" and dataset.path is None:
        yield ("layout",), f"path is missing: the folder that holds the {dataset.layout} files"
    if dataset.path is not None and dataset.url is not None:
        yield ("url",), "give either path (what you have) or url (what is to be fetched), not both"
    if dataset.url and "@" in dataset.url:
        yield ("url",), "no user or password here: credentials come from the environment"


def heldout_problems(e: Experiment, dataset: Dataset) -> Iterator[Problem]:
    named = dataset.heldout
    if named is None:
        return
    if named not in e.datasets:
        yield ("heldout",), unknown("data set", named, e.datasets)
    elif dataset.split == "heldout":
        yield ("heldout",), "a data set with `split: heldout` is held out itself; leave the key out"
    elif e.datasets[named].split != "heldout":
        yield ("heldout",), f"{named} has no `split: heldout`"
    elif SOURCES[dataset.source].is_own and (dataset.source, dataset.path) == (
        e.datasets[named].source,
        e.datasets[named].path,
    ):
        yield (
            ("heldout",),
            f"{named} is of the same files, of which `holdout` keeps some apart; leave the key out",
        )


def judge_problems(e: Experiment, name: str, judge: Judge) -> Iterator[Problem]:
    kind = KINDS[judge.kind]
    if "inception" in name and not kind.inception:
        yield (), f"{judge.kind} cannot be called Inception: scores bear the judge's name"
    if "2015" in name and kind.standard is None:
        yield (), f"{judge.kind} is not the graph of 2015: scores bear the judge's name"
    for role in ("train", "test"):
        dataset = getattr(judge, role)
        if dataset is None and kind.is_trained_here:
            yield (), f"{role} is missing: a {judge.kind} is trained and tested"
        elif dataset is not None and role == "train" and not kind.is_trained_here:
            yield (role,), f"{judge.kind} comes trained; leave the key out"
        elif dataset is not None and dataset not in e.datasets:
            yield (role,), unknown("data set", dataset, e.datasets)
        elif dataset is not None and not kind.knows(e.datasets[dataset].source):
            yield (
                (role,),
                f"{judge.kind} does not know the classes of {e.datasets[dataset].source}",
            )
    if judge.weights and (kind.is_trained_here or kind.package):
        where = "a rule trains them" if kind.is_trained_here else "they are in a package"
        yield ("weights",), f"{judge.kind} takes no weight file: {where}"
    for field, owners in KIND_KEYS.items():
        if field in kind.keys and getattr(judge, field) is None:
            yield (), f"{field} is missing: {type(judge).model_fields[field].description}"
        elif field in judge.model_fields_set and owners and judge.kind not in owners:
            known = " or ".join(owners)
            yield (field,), f"{judge.kind} has its own; the key is for a {known}"
    if not (judge.weights or kind.is_trained_here or kind.package or kind.pinned):
        yield (), f"weights is missing: the state dict of a {judge.kind}"
    yield from kind.problems(judge.model_dump())


def system_name(e: Experiment, suite: Suite) -> str:
    """What a suite trains."""
    own = "system" in suite.objective.model_fields_set
    return suite.objective.system if own else e.objective.system


def taken_by(system: str, field: str, owners: list[str]) -> str:
    return f"{system} takes no {field}: the key is for {', '.join(owners)}"


def system_problems(e: Experiment, suite: Suite) -> Iterator[Problem]:
    """Keys of another system, and nets that a system has no use for."""
    system = system_name(e, suite)
    gridded = [k.partition(".")[2] for k in suite.grid if k.startswith("objective.")]
    for field in {"system", "judge"} & set(gridded):
        yield ("grid", f"objective.{field}"), f"each {field} is a suite of its own: name it there"
    for field in {"nets.architecture", "nets.generator_norm"} & set(suite.grid):
        yield ("grid", field), "each is a suite of its own: name it there"
    for field in (*suite.objective.model_fields_set, *gridded):
        owners = SYSTEM_KEYS.get(field, [])
        if field != "system" and owners and system not in owners:
            place = ("grid", f"objective.{field}") if field in gridded else ("objective", field)
            yield place, taken_by(system, field, owners)
    yield from nets_problems(e, suite, system)
    own_steps = "steps" in suite.training.model_fields_set
    steps = suite.training.steps if own_steps else e.training.steps
    steps = min([steps, *[int(n) for n in suite.grid.get("training.steps", [])]])
    if not all(1 <= s <= steps for s in suite.snapshots) or suite.snapshots != sorted(
        set(suite.snapshots)
    ):
        yield ("snapshots",), f"rising steps from 1 to {steps}, not {suite.snapshots}"
    if "judge" in systems.load(system).keys:
        own = "judge" in suite.objective.model_fields_set
        name = suite.objective.judge if own else e.objective.judge
        for message in frozen_judge_problems(e, suite, name):
            yield ("objective", "judge"), message


def frozen_judge_problems(e: Experiment, suite: Suite, name: str | None) -> Iterator[str]:
    """Of the judge by which G learns: never the one that scores it, nor of its kind or images."""
    if name is None:
        yield f"{Objective.model_fields['judge'].description}"
    elif name not in e.judges:
        yield unknown("judge", name, e.judges)
    elif not KINDS[e.judges[name].kind].logits:
        able = " or ".join(k for k, kind in KINDS.items() if kind.logits)
        yield f"a {e.judges[name].kind} gives no logits to learn by; a {able} does"
    elif suite.judge in e.judges:
        one, other = e.judges[name], e.judges[suite.judge]
        if one.kind == other.kind:
            yield f"{name} and {suite.judge}, which scores it, are both a {one.kind}: take another"
        elif one.train in e.datasets and other.train in e.datasets:
            images = [
                (d.source, d.path, d.split)
                for d in (e.datasets[one.train], e.datasets[other.train])
            ]
            if images[0] == images[1]:
                yield f"{name} and {suite.judge}, which scores it, are both trained on {one.train}"


def nets_problems(e: Experiment, suite: Suite, system: str) -> Iterator[Problem]:
    """Nets that do not make a side, or do not have what a key or the system asks of them."""
    nets = {k: getattr(suite.nets if k in suite.nets.model_fields_set else e.nets, k) for k in NETS}
    of, declared = nets["architecture"], systems.load(system)
    known = ARCHITECTURES[of]
    if suite.side in SIDES and suite.side not in known.sides:
        sides = ", ".join(map(str, known.sides))
        yield ("side",), f"the nets of {of} make {sides}, not {suite.side}"
    for field in suite.nets.model_fields_set - {*OF_ALL_NETS, *known.generator}:
        if field not in known.discriminator:
            yield ("nets", field), f"the nets of {of} have no {field}"
    for field in ("discriminator_norm", "generator_norm"):
        allowed = getattr(known, f"{field}s")
        if nets[field] not in allowed:
            yield ("nets", field), f"the nets of {of} have {' or '.join(allowed)}"
    if nets["generator_norm"] == "conditional" and declared.given == "nothing":
        yield ("nets", "generator_norm"), f"the generator of {system} is given no class; batch"
    own = suite.objective.model_fields_set
    objective = {
        k: getattr(suite.objective if k in own else e.objective, k) for k in Objective.model_fields
    }
    label = declared.discriminator(2, objective).get("label")
    if label and label.place not in known.labels:
        yield ("nets", "architecture"), f"the nets of {of} cannot be told a class by {label.place}"


def suite_problems(e: Experiment, name: str, suite: Suite) -> Iterator[Problem]:
    if suite.side not in SIDES:
        yield (
            ("side",),
            f"the nets cannot make side {suite.side}; allowed: {', '.join(map(str, SIDES))}",
        )
    if suite.judge is None:
        pass
    elif suite.judge not in e.judges:
        yield ("judge",), unknown("judge", suite.judge, e.judges)
    elif suite.dataset in e.datasets and asks(e, name, "accuracy"):
        kind, source = e.judges[suite.judge].kind, e.datasets[suite.dataset].source
        if not KINDS[kind].knows(source):
            yield (
                ("judge",),
                f"{kind} does not know the classes of {source}, so it cannot name samples",
            )
    if suite.dataset not in e.datasets:
        yield ("dataset",), unknown("data set", suite.dataset, e.datasets)
    else:
        source = e.datasets[suite.dataset].source
        try:
            classes = e.datasets[suite.dataset].class_count
        except UserError:  # said above
            return
        if classes is None:  # the same
            return
        able = SOURCES[source].sides or SIDES
        if suite.side in SIDES and suite.side not in able:
            sides = ", ".join(map(str, able))
            yield ("side",), f"{source} cannot be packed at side {suite.side}; allowed: {sides}"
        wanted = suite.classes_per_model
        counts = wanted if isinstance(wanted, list) else [wanted]
        if len(set(counts)) < len(counts):
            yield ("classes_per_model",), f"a number of classes stands twice in {wanted}"
        elif not counts or min(counts) < 1 or max(counts) > classes:
            yield (
                ("classes_per_model",),
                f"a model has 1 to {counted(classes, 'class', 'classes')} (data set "
                f"{suite.dataset} has {classes}), not {wanted}",
            )
        elif isinstance(wanted, int) and classes % wanted:
            fits = ", ".join(str(n) for n in range(1, classes + 1) if classes % n == 0)
            yield (
                ("classes_per_model",),
                f"{classes} classes cannot be cut into groups of {wanted} with every class exactly "
                f"once; allowed: {fits}",
            )
        elif suite.models is not None:
            asked = suite.model_dump() | {"classes": classes}
            try:
                chosen_groups(asked, e.datasets[suite.dataset].model_dump())
            except UserError as error:
                yield ("models",), str(error)
    if suite.samples_per_class < e.scores.subsets:
        yield (
            ("samples_per_class",),
            f"{suite.samples_per_class} samples cannot be cut into {e.scores.subsets} subsets",
        )
    if suite.samples_per_class < e.scores.neighbours:
        yield (
            ("samples_per_class",),
            f"fewer than the {e.scores.neighbours} whose neighbours are looked for",
        )
    for setting, values in suite.grid.items():
        section, _, field = setting.partition(".")
        model = SECTIONS.get(section)
        if model is None or field not in model.model_fields:
            known = ", ".join(f"{s}.{f}" for s, m in SECTIONS.items() for f in m.model_fields)
            yield ("grid", setting), f"{setting} is not a setting; allowed: {known}"
            continue
        if not values:
            yield ("grid", setting), "an empty list makes no setting"
        for value in values:
            try:
                model.model_validate({field: value})
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                yield (
                    ("grid", setting),
                    f"{json.dumps(value)}: {reason}; {model.model_fields[field].description}",
                )
