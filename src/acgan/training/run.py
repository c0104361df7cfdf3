"""One training run: its nets and optimisers, what it has logged, and its state on disk."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from acgan.config.spec import completed, described, former_hash_of, hash_of, shortened
from acgan.data import packed
from acgan.data.batches import load_images
from acgan.data.class_names import as_class
from acgan.io.errors import UserError
from acgan.io.files import sha256_of, write_csv
from acgan.io.rng import torch_rng
from acgan.judges import load_judge
from acgan.metrics.ms_ssim import ms_ssim
from acgan.nets.layers import to_uint8
from acgan.nets.weights import save_generator, snapshot_file
from acgan.systems import Spec, row_count, row_ids, system_of
from acgan.systems.build import Drawn, draw_codes, draw_noise, generated
from acgan.training import checkpoint, choice, progress, provenance, speedups, step


class Runtime(NamedTuple):
    """How a run is carried out; nothing here changes a bit of its result on the same device."""

    device: str = "auto"
    checkpoint_seconds: float = 60.0  # between two checkpoints
    checkpoint_steps: int = 0  # the same in steps; 0 for none
    time_budget: float | None = None  # seconds after which the process must have left
    requeue: bool = False  # when the budget is over, have SLURM queue this job again
    starts: int | None = None  # give up after so many starts in a row without progress
    tensorboard: bool = False
    wait: bool = False  # for another trainer that holds the folder
    resume: Path | None = None  # a checkpoint from elsewhere, which must be of this very spec


class FrozenJudge(NamedTuple):
    """The judge of the config that a model learns by."""

    name: str
    settings: dict[str, Any]
    weights: Path

    def of_classes(self, class_ids: list[str], device: str) -> step.Judging:
        """Its logits of these classes, in their order, of images in [-1, 1]. Raises UserError for a
        class that it does not know.
        """
        judge = load_judge(self.name, self.settings, self.weights, device)
        if strange := [c for c in class_ids if as_class(c) not in judge.class_ids]:
            raise UserError(f"the judge {self.name} does not know class {', '.join(strange)}")
        places = [judge.class_ids.index(as_class(c)) for c in class_ids]
        logits = judge.logits
        assert logits is not None
        return lambda images: logits((images.float() + 1) * 127.5)[:, places]


class Run:
    """The run of a spec in the folder `out`, at the step that its checkpoint holds.

    Raises UserError for data that is not right, a damaged checkpoint, and too many starts.
    """

    def __init__(
        self,
        spec: Spec,
        data: Path,
        class_ids: list[str],
        out: Path,
        runtime: Runtime,
        judge: FrozenJudge | None = None,
        snapshots: Sequence[int] = (),
        speedups_file: Path | None = None,
    ) -> None:
        self.short_spec, self.spec = shortened(spec), completed(spec)
        self.class_ids, self.out, self.snapshots = class_ids, out, snapshots
        self.row_ids = row_ids(self.spec["objective"]["system"], class_ids)
        self.device = runtime.device
        if self.device == "auto":
            self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.options = self.spec["training"]
        self.steps, self.batch = self.options["steps"], self.options["batch_size"]
        self.name = f"{spec['suite']}/{spec['model']}"
        self.state_file = out / "state" / "checkpoint.pt"
        self.system = system_of(self.spec)
        self.columns: tuple[str, ...] = ("step", *step.statistics(self.spec))
        self.rows: list[list[float]] = []  # of training.csv
        self.trajectory: list[list[float]] = []  # of trajectory.csv
        self.step, self.seconds_before, self.save_seconds = 0, 0.0, 0.0
        self.build(data, judge, speedups_file, runtime.resume or self.state_file)
        self.restore(runtime)
        self.first_step = self.step
        self.started = self.saved = self.said = time.perf_counter()

    def build(
        self, data: Path, judge: FrozenJudge | None, speedups_file: Path | None, state: Path
    ) -> None:
        """The images on the device, the nets as they begin, and the step."""
        torch.set_num_threads(self.options["threads"])
        images, labels, sha256s = load_images(data, self.class_ids, self.spec["side"])
        images, labels = images.to(self.device), labels.to(self.device)
        content = list(zip(self.class_ids, sha256s, strict=True))
        names = {entry.id: entry.name for entry in packed.read_index(data)}
        self.about = described(self.spec, [(c, names[c]) for c in self.class_ids])
        self.spec_hash = hash_of(self.spec, content)
        self.former_hash = former_hash_of(self.spec, content)
        shown = None
        if self.system.judge(self.spec["objective"]):
            if judge is None:
                raise UserError(f"{self.name}: its judge's weights are missing: --frozen-judge")
            shown = judge.of_classes(self.class_ids, self.device)
            content.append(("frozen judge", sha256_of(judge.weights)))
            self.spec_hash, self.former_hash = hash_of(self.spec, content), None
        begun = checkpoint.engine_of(state, (self.spec_hash, self.former_hash))
        chosen = choice.fixed(speedups_file, self.device, self.spec, begun)
        self.players = step.build(self.spec, self.device, chosen)
        setting = self.spec, chosen, self.players, images, labels, self.device
        self.train_step = step.stepper(*setting, shown)
        size = self.options["log_every"], len(self.columns) - 1
        self.window = torch.zeros(*size, dtype=torch.float64, device=self.device)
        self.made_by = {
            **provenance.made_by(self.device, self.spec["objective"]["system"]),
            "engine": speedups.describe(self.device, chosen),
        }

    def restore(self, runtime: Runtime) -> None:
        """Go to where the folder's checkpoint is, or one from elsewhere."""
        state = checkpoint.resume_state(
            self.state_file, (self.spec_hash, self.former_hash), runtime.resume
        )
        self.is_new = state is None
        if state is not None:
            self.step, self.seconds_before = state["step"], state["seconds"]
            finished = self.step == self.steps
            self.made_by = provenance.continued(state["made_by"], self.made_by, finished)
            self.load(state)
            # A finished model keeps no optimiser.
            if not finished:
                step.load_adam(self.players.g_adam, state["generator_adam"])
                step.load_adam(self.players.d_adam, state["discriminator_adam"])
                self.window[:, : state["window"].shape[1]] = state["window"]
            print(f"{self.name}: goes on from step {self.step} of {self.steps}", flush=True)
        if self.step < self.steps:
            progress.count_start(self.out / "state", self.name, self.step, runtime.starts)

    def load(self, state: dict[str, Any]) -> None:
        """The nets and logs of a checkpoint."""
        self.players.g.load_state_dict(state["generator"])
        self.players.d.load_state_dict(state["discriminator"])
        self.rows, self.trajectory = state["rows"], state["trajectory"]
        # A run that began before losses' terms were logged ends without them.
        known = state["rows"][0] if state["rows"] else self.columns
        if "window" in state:
            known = ("step", *state["window"][0])
        self.columns = self.columns[: len(known)]

    def keep_snapshot(self) -> None:
        """Write G as it is now beside the model, where the suite asks for this step."""
        if self.step in self.snapshots:
            save_generator(self.out / snapshot_file(self.step), self.players.g, self.about)

    def save(self) -> dict[str, Any]:
        """Write the checkpoint and a copy of the log to look at meanwhile; returns its content."""
        began = time.perf_counter()
        g, d, g_adam, d_adam = self.players
        content = {
            "spec_hash": self.spec_hash,
            "made_by": self.made_by,
            "step": self.step,
            "seconds": self.seconds_before + began - self.started,
            "rows": self.rows,
            "trajectory": self.trajectory,
            "generator": g.state_dict(),
            "discriminator": d.state_dict(),
        }
        if self.step < self.steps:
            content |= {
                "generator_adam": g_adam.state_dict(),
                "discriminator_adam": d_adam.state_dict(),
                "window": self.window[:, : len(self.columns) - 1],
            }
        checkpoint.save(self.state_file, content)
        self.record(always=True)
        write_csv(self.state_file.with_name("training.csv"), self.columns, self.rows)
        self.saved = time.perf_counter()
        self.save_seconds = max(self.save_seconds, self.saved - began)
        return content

    def record(self, always: bool = False) -> None:
        """Say in the state folder how far the run is."""
        done = self.step - self.first_step
        speed = (time.perf_counter() - self.started) / done if done else None
        progress.record(self.out / "state", self.step, self.steps, speed, always)

    def values(self, part: torch.Tensor) -> list[float]:
        """A row of training.csv: the means of the steps (n, statistics) up to now."""
        return [self.step, *part[:, : len(self.columns) - 1].mean(0).tolist()]

    def is_finite(self) -> bool:
        """Whether every weight and running mean is a number.

        The last good checkpoint must not be overwritten by a bad one.
        """
        nets = (self.players.g, self.players.d)
        return all(bool(torch.isfinite(v).all()) for n in nets for v in n.state_dict().values())

    @torch.no_grad()
    def class_ms_ssim(self) -> list[float]:
        """Mean MS-SSIM over random pairs of fresh samples of each class, or value of the code, or
        of all where G is given nothing, by now (Figure 5).
        """
        net = self.players.g
        device = next(net.parameters()).device
        rng = torch_rng(self.spec["seed"], "trajectory", self.step, device)
        net.eval()
        means = []
        for label in range(row_count(self.spec)):
            z = draw_noise(self.spec, 2 * self.options["trajectory_pairs"], rng)
            labels = torch.full((len(z),), label, device=device)
            drawn = Drawn(labels, draw_codes(self.spec, len(z), rng))
            first, second = to_uint8(generated(self.spec, net, z, drawn)).chunk(2)
            means.append(ms_ssim(first, second).mean().item())
        net.train()
        return means
