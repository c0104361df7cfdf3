"""An experiment as the rules see it: its paths, and what each rule reads.

Everything follows from the config. The rules of workflow/rules/ ask here, and so do `acgan plan`,
`acgan status` and the DVC pipelines. A path with {model} left open is a pattern of Snakemake's.
"""

import shlex
from collections.abc import Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from acgan import systems
from acgan.config import resolve
from acgan.config.resolve import BY_FEATURES, Config, heldout_of
from acgan.config.spec import SECTIONS, differing, shortened
from acgan.data import sources
from acgan.data.source import OF_NO_IMAGE
from acgan.declarations.items import Item, items_of
from acgan.declarations.roles import suites_in
from acgan.figures.notebook import FILES as FIGURE_FILES
from acgan.io.errors import UserError
from acgan.judges import KINDS, weights
from acgan.rating import ANSWERS
from acgan.samples import FILES as SAMPLE_FILES
from acgan.samples import KEYS as SAMPLING_KEYS
from acgan.scores import METRICS
from acgan.tables import SHEETS, TABLES, wanted
from acgan.tables.wanted import Wanted
from acgan.training import FILES as MODEL_FILES

Paths = list[str]
NO_NAME = "-"  # no judge's name, whatever is chosen as one


class Experiment:
    """The files of one experiment. Paths are from the working folder."""

    def __init__(self, config: Config, root: Path = Path()):
        """`root`: of the code, from the working folder."""
        self.config, self.root = config, root
        self.results = f"results/{config['experiment']}"
        # What every job reads: the config of this run.
        self.resolved = f"{self.results}/config.json"
        self.suites = list(config["suites"])
        self.weights_folder = weights.FOLDER

    def code(self, files: Iterable[str]) -> list[Path]:
        """Files of ours as inputs of a rule."""
        return [self.root / "src/acgan" / file for file in files]

    # ---- data

    def sides(self, dataset: str) -> list[int]:
        """The sides at which a data set is packed: those of its suites and judges, and of suites
        that are compared with it; sorted.
        """
        suites = [s["side"] for s in self.config["suites"].values() if s["dataset"] == dataset]
        judges = [
            j["side"] for j in self.config["judges"].values() if dataset in (j["train"], j["test"])
        ]
        beside = [
            self.config["suites"][s]["side"]
            for s in self.beside_heldout
            if heldout_of(self.config, s) == dataset
        ]
        return sorted({*suites, *judges, *beside})

    @cached_property
    def datasets(self) -> list[str]:
        """The data sets that any suite or judge reads."""
        return [name for name in self.config["datasets"] if self.sides(name)]

    @cached_property
    def indexes(self) -> Paths:
        """The index of every packed folder."""
        return [f"data/{d}/{side}/index.csv" for d in self.datasets for side in self.sides(d)]

    @cached_property
    def archives(self) -> Paths:
        """What vouches for the archives of every data set that comes in files."""
        return [f"data/{d}/archives.csv" for d in self.datasets if not self.is_in_package(d)]

    def is_in_package(self, dataset: str) -> bool:
        return sources.is_in_package(self.config["datasets"][dataset])

    def fetch_keys(self, dataset: str) -> dict[str, Any]:
        """What decides the bytes of an archive; where an archive lies does not."""
        chosen = self.config["datasets"][dataset]
        own = not sources.published(chosen)
        places = {*OF_NO_IMAGE, *(() if own else ("path",))}
        later = {"images", "images_per_class", "resize", "unreadable"}
        return {k: v for k, v in differing(chosen, "dataset").items() if k not in places | later}

    def pack_keys(self, dataset: str) -> dict[str, Any]:
        """What decides the packed arrays."""
        chosen = self.config["datasets"][dataset]
        places = {*OF_NO_IMAGE, "path"}
        more = {k: v for k, v in differing(chosen, "dataset").items() if k not in places}
        return self.fetch_keys(dataset) | more

    def parts(self, dataset: str) -> int:
        """How many jobs share the packing of a data set."""
        return sources.parts_of(self.config["datasets"][dataset])

    def packed_files(self, dataset: str) -> Paths:
        """What one job packs: an index for each side, or a part of it."""
        name = "parts/{part}.csv" if self.parts(dataset) > 1 else "index.csv"
        return [f"data/{dataset}/{side}/{name}" for side in self.sides(dataset)]

    def part_files(self, dataset: str) -> Paths:
        """The parts of one {side} of a data set that several jobs pack."""
        parts = range(self.parts(dataset))
        return [f"data/{dataset}/{{side}}/parts/{part:03d}.csv" for part in parts]

    def pack_log(self, dataset: str) -> str:
        return f"logs/pack/{dataset}{'/{part}' if self.parts(dataset) > 1 else ''}.log"

    def packed(self, suite: str) -> str:
        """The folder of a suite's packed training images."""
        chosen = self.config["suites"][suite]
        return f"data/{chosen['dataset']}/{chosen['side']}"

    def index(self, suite: str | None) -> str:
        """The index of a suite's images; without one, of the first suite's."""
        return f"{self.packed(suite or self.suites[0])}/index.csv"

    # ---- judges

    def is_trained(self, judge: str) -> bool:
        """Whether a rule trains this judge; the others come trained."""
        return KINDS[self.config["judges"][judge]["kind"]].is_trained_here

    def judges_pattern(self, trained: bool) -> str:
        """A pattern of the judges that a rule trains, or of those that come trained."""
        found = [j for j in self.config["judges"] if self.is_trained(j) == trained]
        return "|".join(found) or NO_NAME

    @property
    def published_weights(self) -> dict[str, str]:
        """{file: kind of judge} of the weights that can be fetched."""
        return weights.kinds_by_file()

    def weights(self, judge: str | None) -> str | Path | list:
        """The weight file that must be there before a judge is asked, if there is one. Raises
        UserError for one that the user should have put there.
        """
        if judge is None:
            return []
        chosen = self.config["judges"][judge]
        if self.is_trained(judge):
            return f"{self.results}/judges/{judge}.safetensors"
        path = weights.place(chosen)
        if path is None or weights.is_fetched(chosen):
            return path or []
        if not path.is_file():
            raise UserError(weights.missing(judge, chosen))
        return path

    def class_list(self, judge: str | None) -> str | list:
        """The file of a judge's class ids, where its config names one. Raises UserError for one
        that cannot be read.
        """
        if judge is None:
            return []
        chosen = self.config["judges"][judge]
        if not isinstance(chosen["classes"], str):
            return []
        KINDS[chosen["kind"]].class_ids(judge, chosen)
        return chosen["classes"]

    def judge_data(self, judge: str, role: str) -> str | list:
        """The index of the data that a judge is trained or tested on, if any."""
        chosen = self.config["judges"][judge]
        return f"data/{chosen[role]}/{chosen['side']}/index.csv" if chosen[role] else []

    def judge_settings(self, judge: str) -> dict[str, Any]:
        return differing(self.config["judges"][judge], "judge")

    def asked_settings(self, suite: str) -> dict[str, Any]:
        """What decides the answers of a suite's judge; its `test` and its checksum do not."""
        judge = self.judge_of(suite)
        settings = self.judge_settings(judge) if judge else {}
        return {k: v for k, v in settings.items() if k not in ("test", "sha256")}

    def judge_of(self, suite: str) -> str | None:
        return self.config["suites"][suite]["judge"]

    @cached_property
    def judged(self) -> Paths:
        """The accuracy of each judge that is measured on real images."""
        return [
            f"{self.results}/judges/{name}.csv"
            for name, judge in self.config["judges"].items()
            if judge["test"]
        ]

    @property
    def ratings(self) -> Paths:
        """What people answered, where it was collected: nobody but they can make it."""
        file = f"{self.results}/{ANSWERS}"
        return [file] if Path(file).is_file() else []

    def mistakes(self, what: str) -> Paths:
        """The confusion or the calibration of each judge that is trained here."""
        judges = filter(self.is_trained, self.config["judges"])
        return [f"{self.results}/judges/{what}/{judge}.csv" for judge in judges]

    # ---- models, samples, scores

    def threads(self, suite: str) -> int:
        return self.config["suites"][suite]["training"]["threads"]

    def model_ids(self, suite: str) -> list[str]:
        return [m.id for m in resolve.models(self.config, suite)]

    def model(self, suite: str) -> str:
        return f"{self.results}/models/{suite}/{{model}}"

    def samples(self, suite: str) -> str:
        return f"{self.results}/samples/{suite}/{{model}}"

    def scores(self, suite: str) -> str:
        return f"{self.results}/scores/{suite}/{{model}}"

    def groups(self, suite: str) -> str:
        return f"{self.results}/groups/{suite}.csv"

    def of_models(self, folder: str, ids: Iterable[str], files: Iterable[str]) -> Paths:
        """Files of models: {model} in the pattern `folder` is filled in."""
        return [f"{folder}/{file}".replace("{model}", m) for m in ids for file in files]

    def every(self, folder: str, suite: str, *files: str, restarts: bool = True) -> Paths:
        """The same of every model of a suite, or of the first restarts alone."""
        if restarts:
            return self.of_models(folder, self.model_ids(suite), files)
        first = [m.id for m in resolve.first_restarts(self.config, suite)]
        return self.of_models(folder, first, files)

    @cached_property
    def trained(self) -> Paths:
        """The weights of every model."""
        return [p for s in self.suites for p in self.every(self.model(s), s, MODEL_FILES[0])]

    @cached_property
    def drawn(self) -> Paths:
        """The samples of every model, and what they are."""
        samples = [p for s in self.suites for p in self.every(self.samples(s), s, SAMPLE_FILES[0])]
        return [*samples, *map(self.sample_list, self.suites)]

    def sample_list(self, suite: str) -> str:
        """What each sample is."""
        return f"{self.results}/samples/{suite}/samples.csv"

    @cached_property
    def scored(self) -> Paths:
        """A score of every model, and what tables read of training images and of judges."""
        models = [p for s in self.suites for p in self.every(self.scores(s), s, "ms_ssim.csv")]
        beside = (f"{self.results}/scores/real/", f"{self.results}/judges/")
        read = [p for w in self.tables for p in self.table_inputs(w) if p.startswith(beside)]
        return list(dict.fromkeys([*models, *read]))

    def spec(self, suite: str, model: str) -> dict[str, Any]:
        """All that training a model depends on, but for its data."""
        return shortened(resolve.spec(self.config, suite, model))

    def sampling(self, suite: str) -> dict[str, Any]:
        """What of a suite decides its samples."""
        chosen = {k: self.config["suites"][suite][k] for k in SAMPLING_KEYS}
        return differing(chosen, "suite")

    def grouping(self, suite: str) -> dict[str, Any]:
        """What of a suite decides which classes share a model."""
        keys = ("grouping", "grouping_seed", "groups_file")
        chosen = self.config["suites"][suite]
        found = differing({k: chosen[k] for k in keys}, "suite")
        return found | {"models": [list(m) for m in resolve.all_models(self.config, suite)]}

    def grouping_features(self, suite: str) -> str | list:
        """The judge's features of the training images, where the suite's grouping needs them."""
        needed = self.config["suites"][suite]["grouping"] in BY_FEATURES
        return self.real_features(suite) if needed else []

    def groups_file(self, suite: str) -> str | list:
        return self.config["suites"][suite]["groups_file"] or []

    def real_features(self, suite: str) -> str:
        return f"{self.results}/scores/real/{suite}/features.safetensors"

    def real_score(self, suite: str, metric: str) -> str:
        return f"{self.results}/scores/real/{suite}/{metric}.csv"

    def heldout_score(self, suite: str, metric: str) -> str:
        """A score of held-out images of a suite's classes."""
        return f"{self.results}/scores/real/{suite}/heldout/{metric}.csv"

    @cached_property
    def heldout_suites(self) -> list[str]:
        """The suites that some table compares with held-out images."""
        return list(dict.fromkeys(str(w.suite) for w in self.tables if TABLES[w.name].heldout))

    @cached_property
    def beside_heldout(self) -> list[str]:
        """The same, and those whose scores read held-out images."""
        scored = [s for s in self.suites if any(METRICS[m].heldout for m in self.metrics(s))]
        return list(dict.fromkeys([*self.heldout_suites, *scored]))

    def heldout_index(self, suite: str) -> str:
        """The index of the held-out images of a suite's classes."""
        side = self.config["suites"][suite]["side"]
        return f"data/{heldout_of(self.config, suite)}/{side}/index.csv"

    def metrics(self, suite: str) -> list[str]:
        return wanted.metrics(self.config, suite)

    def accuracy_sides(self, suite: str) -> list[int]:
        return wanted.sides(self.config, suite)

    def score_settings(self, metrics: Iterable[str], suite: str | None = None) -> dict[str, Any]:
        """What of the config's `scores` some metrics obey, and of a suite."""
        found = differing(wanted.settings(self.config, metrics), "scores")
        if suite:
            keys = [key for name in metrics for key in METRICS[name].suite_settings]
            found |= differing({key: self.config["suites"][suite][key] for key in keys}, "suite")
        return found

    def score_features(self, suite: str) -> str | list:
        """The features that the suite's scores compare with, if any."""
        return self.real_features(suite) if wanted.needs_features(self.config, suite) else []

    def score_heldout(self, suite: str) -> str | list:
        """The index of held-out images that the suite's scores read, if any."""
        asked = any(METRICS[m].heldout for m in self.metrics(suite))
        return self.heldout_index(suite) if asked else []

    def cost_rank(self, suite: str) -> int:
        """Rank of a suite by what training one of its models roughly costs; 1 is the least."""
        costs = {
            s: c["training"]["steps"] * c["side"] ** 2 for s, c in self.config["suites"].items()
        }
        return 1 + sorted(costs, key=costs.__getitem__).index(suite)

    # ---- tables, figures, report

    @cached_property
    def tables(self) -> list[Wanted]:
        return wanted.tables(self.config)

    @cached_property
    def sheets(self) -> list[Wanted]:
        return wanted.sheets(self.config)

    @cached_property
    def albums(self) -> list[Wanted]:
        return wanted.albums(self.config)

    def table(self, w: Wanted) -> str:
        return f"{self.results}/{w.file}"

    def table_inputs(self, w: Wanted) -> Paths:
        """The scores, logs and lists that a table is made of."""
        table, found = TABLES[w.name], []
        every = partial(self.every, restarts=table.restarts)
        for suite in wanted.read_suites(self.config, w):
            for metric in wanted.scores_of(self.config, table, suite):
                found += every(self.scores(suite), suite, f"{metric}.csv")
            found += every(self.model(suite), suite, *table.models)
        if w.suite and wanted.reads_real(self.config, w):
            found += [self.real_score(w.suite, metric) for metric in table.real_scores]
        found += [self.heldout_score(str(w.suite), metric) for metric in table.heldout]
        found += [self.table(under) for under in wanted.tables_under(self.config, w)]
        of_experiment = {
            "indexes": self.indexes,
            "archives": self.archives,
            "judges": self.judged,
            "confusion": self.mistakes("confusion"),
            "calibration": self.mistakes("calibration"),
            "ratings": self.ratings,
        }
        return found + [path for name in table.inputs for path in of_experiment[name]]

    def table_settings(self, w: Wanted) -> Any:
        """What a table shows of the config itself, without what is the default."""
        shown = TABLES[w.name].settings(self.config, w.suite)
        if w.suite and shown == self.config["suites"][w.suite]["nets"]:
            return differing(shown, "nets")
        return shown

    def sheet(self, w: Wanted) -> Paths:
        """The CSV and the pictures of a sheet."""
        return [f"{self.results}/{p}" for p in SHEETS[w.name].paths(self.config, str(w.suite))]

    def sheet_inputs(self, w: Wanted) -> Paths:
        """The groups, tables and samples that a sheet is made of."""
        sheet, suite = SHEETS[w.name], str(w.suite)
        tables = [self.table(t) for t in wanted.sheet_tables(self.config, w)]
        files = [f"{name}.npy" for name in sheet.arrays]
        samples = self.every(self.samples(suite), suite, *files, restarts=sheet.restarts)
        models = self.every(self.model(suite), suite, *sheet.models, restarts=sheet.restarts)
        return [self.groups(suite), *tables, *samples, *models]

    @cached_property
    def items(self) -> dict[str, Item]:
        return items_of(self.config)

    def figure(self, item: str) -> Paths:
        return [f"{self.results}/figures/{item}/{file}" for file in FIGURE_FILES]

    def figure_tables(self, item: str) -> Paths:
        return [self.table(w) for w in wanted.tables_of(self.config, self.items[item])]

    def figure_sheets(self, item: str) -> Paths:
        """The CSVs and pictures of an item's sheets."""
        sheets = wanted.sheets_of(self.config, self.items[item])
        return [path for w in sheets for path in self.sheet(w)]

    def figure_settings(self, item: str) -> list[Any]:
        """What an item's notebook may show of the config: its suites, their data and the scores."""
        suites = [s for role in self.items[item].shown for s in suites_in(self.config, role)]
        datasets = sorted({self.config["suites"][s]["dataset"] for s in suites})
        return [
            {d: differing(self.config["datasets"][d], "dataset") for d in datasets},
            differing(self.config["scores"], "scores"),
            {s: self.suite_settings(s) for s in suites},
        ]

    def suite_settings(self, suite: str) -> dict[str, Any]:
        """A suite without what is the default."""
        chosen = self.config["suites"][suite]
        return differing(chosen, "suite") | {k: differing(chosen[k], k) for k in SECTIONS}

    @cached_property
    def page_tables(self) -> Paths:
        return [self.table(w) for w in wanted.page_tables(self.config)]

    @cached_property
    def page_sheets(self) -> Paths:
        return [path for w in wanted.page_sheets(self.config) for path in self.sheet(w)]

    def train_command(self, suite: str, ids: list[str]) -> str:
        """The subcommand that trains the models of a job."""
        judge = "".join(f" --frozen-judge {shlex.quote(w)}" for w in self.frozen_judge(suite))
        if len(ids) == 1:
            return f"train --model {suite}/{ids[0]}{judge}"
        return f"train-together --suite {suite} --models {' '.join(ids)}{judge}"

    def frozen_judge(self, suite: str) -> Paths:
        """The weights of the judge that the models of a suite learn by, if there is one."""
        objective = self.config["suites"][suite]["objective"]
        judge = systems.load(objective["system"]).judge(objective)
        return [f"{self.results}/judges/{judge}.safetensors"] if judge else []
