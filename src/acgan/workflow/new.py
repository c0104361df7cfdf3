"""A config for a folder of pictures: `acgan new pictures/ --minutes 30`.

What the folder holds is looked at, a few steps are measured on this machine, and a commented
config/<name>.yaml is written that fits the time. Nothing is ever overwritten.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from acgan.config import loading
from acgan.data.folders import described
from acgan.data.survey import Survey, look
from acgan.io.errors import UserError
from acgan.io.files import write_text
from acgan.io.words import counted, duration
from acgan.speed import here
from acgan.workflow import fit

LEAST = 2  # images of a class: MS-SSIM is a mean over pairs
FEW = 30  # images of a class, below which a generator mostly repeats them
UNEQUAL = 5  # times as many images in the largest class as in the smallest
SHOWN = 5  # files or classes that a line names
LEAST_ACCURACY = 0.6  # of a judge: below it figures say that it is too poor
LEAST_RESOLUTION = 4
TRAINED = ("finetuned", "trained_cnn")


class Plan:
    """What `acgan new` decides for a folder."""

    def __init__(
        self,
        name: str,
        found: Survey,
        machine: here.Machine,
        minutes: float,
        side: int | None,
        say: Callable[[str], None],
    ) -> None:
        self.name, self.found, self.machine, self.minutes = name, found, machine, minutes
        self.classes = [c for c, n in found.classes.items() if n >= LEAST]
        if not self.classes:
            raise UserError(
                f"{found.folder}: no class has {LEAST} images, which MS-SSIM needs; add some"
            )
        self.fit = fit.choose(
            found._replace(classes={c: found.classes[c] for c in self.classes}),
            minutes,
            side,
            self.judges(),
            machine,
            say,
        )

    def judges(self) -> list[str | None]:
        """Who could name the samples, the best first: nobody where there is nothing to tell
        apart.
        """
        if len(self.classes) < 2:
            return [None]
        if self.found.is_imagenet:
            return ["efficientnet_lite0"]
        return ["trained_cnn"] if self.found.grey > 0.5 else ["finetuned", "trained_cnn"]

    @property
    def judge(self) -> str | None:
        return self.fit.judge

    @property
    def suite(self) -> str:
        return f"{self.name}_{self.fit.side}"

    @property
    def few(self) -> list[str]:
        """The classes that are left out."""
        return [c for c in self.found.classes if c not in self.classes]

    def remarks(self) -> Iterator[str]:
        """What is odd about the folder, and what follows from it."""
        found, counts = self.found, [self.found.classes[c] for c in self.classes]
        if self.few:
            yield (
                f"left out, with fewer than {LEAST} images: {named(self.few)}; the variety of a "
                f"class is a mean over pairs"
            )
        if len(self.classes) == 1:
            yield (
                "one class: there is nothing to tell apart, so there is no judge and no accuracy, "
                "and AC-GAN is a plain GAN"
            )
        if max(counts) >= UNEQUAL * min(counts):
            yield (
                f"very unequal: {min(counts)} to {max(counts)} images a class; a class is drawn as "
                f"often as it has images, so the small ones are learnt least"
            )
        small = [c for c in self.classes if found.classes[c] < FEW]
        if small:
            yield (
                f"under {FEW} images: {named(small)}; expect samples that repeat them (Figure 8 "
                f"shows the nearest)"
            )
        if found.unreadable:
            files = [f"{path} ({reason})" for path, reason in found.unreadable]
            yield f"cannot be read and are left out: {named(files)}"
        if found.passed:
            yield described(found.passed)
        if found.alike:
            pairs = [" = ".join(files[:2]) for files in found.alike]
            yield (
                f"{counted(len(found.alike), 'picture')} more than once: {named(pairs)}; one of "
                f"them may be held out, and then the judge has seen it"
            )

    def text(self) -> str:
        """The experiment as YAML, with comments: own.yaml.j2."""
        environment = Environment(
            loader=PackageLoader("acgan.workflow", "."),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["q"] = quoted
        found, classes = self.found, len(self.classes)
        side = self.fit.side
        return environment.get_template("own.yaml.j2").render(
            name=self.name,
            title=f"{counted(found.images, 'picture')} of {found.folder.resolve().name}",
            images=counted(found.images, "picture"),
            classes=classes,
            classes_in_words=counted(classes, "class", "classes"),
            minutes=f"{self.minutes:g}",
            machine=self.machine,
            data=self.data_keys(),
            trained=self.judge in TRAINED,
            judge=self.judge,
            judge_name=self.judge_name,
            judge_keys=self.judge_keys(),
            fit=self.fit,
            every=max(1, self.fit.steps // 10),
            suite=self.suite,
            samples=fit.SAMPLES,
            sides=[s for s in (side // 4, side // 2, side) if s >= LEAST_RESOLUTION],
        )

    def data_keys(self) -> str:
        """Of both data sets, in YAML."""
        keys = ["source: folder", f"path: {quoted(self.found.folder)}"]
        some = ", ".join(map(quoted, self.classes))
        keys.append(f"classes: [{some}]" if self.few else f"classes: {len(self.classes)}")
        if self.found.unreadable:
            keys.append(f"unreadable: {len(self.found.unreadable)}")
        return ", ".join([*keys, *[f"holdout: {fit.HOLDOUT}"] * (self.judge in TRAINED)])

    def judge_keys(self) -> str:
        """In YAML."""
        keys = [f"kind: {self.judge}"]
        if self.judge in TRAINED:
            keys += [f"train: {self.name}", f"test: {self.name}_heldout", f"side: {self.fit.side}"]
            more = f"epochs: {self.fit.epochs}" if self.judge == "trained_cnn" else "flip: true"
            keys += [more, f"threads: {self.fit.threads}", f"least_accuracy: {LEAST_ACCURACY}"]
        return ", ".join(keys)

    @property
    def judge_name(self) -> str:
        return "own_judge" if self.judge in TRAINED else str(self.judge)

    def story(self) -> Iterator[str]:
        """What was found and chosen, and why."""
        f, found = self.fit, self.found
        suffixes = ", ".join(f"{s} {n:,}" for s, n in found.suffixes.most_common(SHOWN))
        counts = sorted(found.classes[c] for c in self.classes)
        each = str(counts[0]) if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
        yield (
            f"{found.folder}: {counted(found.images, 'picture')} ({suffixes}) of "
            f"{counted(len(self.classes), 'class', 'classes')}, {each} each; "
            f"nine of ten have at least {found.side} pixels"
        )
        yield from (f"note: {text}" for text in self.remarks())
        yield f"this machine: {self.machine}"
        yield (
            f"chosen: {f.side} x {f.side} pixels, nets of {f.width:g} of the paper's width, "
            f"{f.steps:,} steps of {f.batch} images, {f.step_seconds:.3g} s each as measured in "
            f"{f.precision}"
        )
        if f.steps == fit.MOST_STEPS:
            yield "no more steps, though there is time: the paper's models end here too"
        elif f.is_enough:
            passes = f.steps * f.batch / ((1 - fit.HOLDOUT) * found.images)
            yield (
                f"no more steps, though there is time: after {passes:.0f} passes over the pictures "
                "the discriminator knows them by heart; more pictures would help"
            )
        yield f"judge: {WHY[self.judge]}"
        for part, seconds in f.parts.items():
            if seconds:
                yield f"  {part}: about {duration(seconds)}"
        yield f"  in all: about {duration(f.seconds)} of the {self.minutes:g} minutes"
        if f.longer:
            hours, side, width, steps = f.longer
            yield (
                f"a longer run: {steps:,} steps at {side} x {side} pixels, {width:g} of the width, "
                f"take about {duration(3600 * hours)} (--minutes {round(60 * hours) + 1})"
            )


WHY = {
    None: "none",
    "efficientnet_lite0": "efficientnet_lite0: the folders are called like ImageNet's classes",
    "finetuned": "a new last layer on EfficientNet-Lite0, trained on four fifths of the pictures",
    "trained_cnn": "a small CNN, trained on four fifths of the pictures",
}


def quoted(value: object) -> str:
    """As YAML reads it back as text."""
    return yaml.safe_dump(str(value), default_style='"', width=10**6).strip()


def named(things: list[str]) -> str:
    """The first few, and how many more."""
    more = f" and {len(things) - SHOWN} more" if len(things) > SHOWN else ""
    return ", ".join(things[:SHOWN]) + more


def new(
    folder: Path,
    name: str,
    minutes: float,
    side: int | None,
    dry_run: bool,
    say: Callable[[str], None],
) -> None:
    """Write config/<name>.yaml. Raises UserError where it is there, and for a folder that cannot
    be trained on.
    """
    out = Path("config", f"{name}.yaml")
    if out.exists() and not dry_run:
        raise UserError(f"{out} is there already; choose another name: --name {name}2")
    plan = Plan(name, look(folder, say), here.machine(), minutes, side, say)
    for line in plan.story():
        say(line)
    text = plan.text()
    loading.check(yaml.safe_load(text), [])
    if dry_run:
        say(f"\n{text}\nnothing was written (--dry-run)")
        return
    write_text(out, text)
    say(
        f"wrote {out}; next:\n    acgan data check --config {out}\n"
        f"    snakemake --configfile {out}\n"
        f"then open results/{name}/report/index.html"
    )
