"""The typed config: every key, its type, its default and why. One experiment is one YAML file
checked by `Experiment`.

Defaults are the paper's. Where the paper leaves a point open, the field carries `open_point`: the
reason for our default. The JSON schema, config/README.md and docs/open_points.md are generated from
this file (`acgan config docs`).
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from acgan.data.sources import SOURCES, class_count
from acgan.declarations.architecture import ARCHITECTURES
from acgan.declarations.roles import ROLES
from acgan.judges.kinds import KINDS
from acgan.systems import SYSTEMS

# A name becomes part of the names of files, rules and jobs, which have room for 255 characters.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=100)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Checksum = Annotated[str, StringConstraints(pattern=r"^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$")]
if TYPE_CHECKING:
    SourceName = str
    KindName = str
    RoleName = str
    SystemName = str
    ArchitectureName = str
else:
    SourceName, KindName, RoleName = Literal[*SOURCES], Literal[*KINDS], Literal[*ROLES]
    SystemName = Literal[*SYSTEMS]
    ArchitectureName = Literal[*ARCHITECTURES]


def key(
    default: Any, doc: str, *, open_point: str | None = None, deviation: bool = True, **limits: Any
) -> Any:
    """A documented field. `open_point`: why this default, where the paper is silent.
    `deviation`: another value is one.
    """
    extra: dict[str, Any] = {"deviation": deviation}
    extra |= {"open_point": open_point} if open_point else {}
    return Field(default, description=doc, json_schema_extra=extra, **limits)


def of_system(default: Any, doc: str, **limits: Any) -> Any:
    """A key that AC-GAN does not have, so that the paper says nothing of it."""
    return key(default, doc, deviation=False, **limits)


class Section(BaseModel):
    """A mapping in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nets(Section):
    """Generator and discriminator (Tables 1 and 2)."""

    width: float = key(1.0, "factor on all feature maps; 1 is the paper's nets", gt=0, le=4)
    linear_row: Literal["maps", "numbers"] = key(
        "maps",
        "what the generator's Linear row counts: feature maps at the start size, or numbers "
        "reshaped to it",
        open_point="not stated; only as maps does the column mean what it means in every other row",
    )
    latent: int = key(
        100,
        "size of the noise vector; the one-hot class is appended",
        ge=1,
        open_point=(
            "the tables give 110 inputs for ten classes; 100 + 10 is how nearly all readers take it"
        ),
    )
    latent_distribution: Literal["normal", "uniform", "uniform_0_1"] = key(
        "normal",
        "where the noise comes from: N(0, 1), U(-1, 1) or U(0, 1)",
        open_point="not stated; N(0, 1) is what most re-implementations draw",
    )
    dropout: float = key(0.5, "dropout of D's convolutions", ge=0, lt=1)
    leaky_slope: float = key(0.2, "slope of D's leaky ReLU", ge=0, lt=1)
    activation_noise: float = key(
        0.1,
        "standard deviation of the Gaussian noise in D",
        ge=0,
        open_point="Table 1 gives no value; 0.1 is the middle of Table 2's list 0, 0.1, 0.2",
    )
    noise_layers: Literal["input", "all"] = key(
        "input",
        "which activations of D receive the noise: its input, or its input and every convolution's "
        "output",
        open_point=(
            "not stated; Salimans et al., whom the paper follows here, have it on D's input in "
            "CIFAR-10 code"
        ),
    )
    architecture: ArchitectureName = key(
        "paper",
        "which nets: of the paper's tables; Miyato and Koyama's residual ones (sides 32 and 128); "
        "those of Salimans et al. for CIFAR-10 (side 32)",
    )
    discriminator_norm: Literal["batch", "spectral", "none"] = key(
        "batch",
        "of D's layers: batch norm, spectral norm of their weights in its place (Miyato et al. "
        "2018), or none",
    )
    generator_norm: Literal["batch", "conditional"] = key(
        "batch",
        "of G's layers: batch norm, or with a gain and shift of each class, in place of the class "
        "beside the noise",
    )
    pooling: Literal["flatten", "sum"] = key(
        "flatten", "what D's Linear row reads: its last maps as they lie, or summed over space"
    )
    layer_order: Literal[
        "batch_norm-nonlinearity-dropout",
        "batch_norm-dropout-nonlinearity",
        "nonlinearity-batch_norm-dropout",
        "nonlinearity-dropout-batch_norm",
        "dropout-batch_norm-nonlinearity",
        "dropout-nonlinearity-batch_norm",
    ] = key(
        "batch_norm-nonlinearity-dropout",
        "order of the three inside a layer of D",
        open_point=(
            "not stated; batch norm straight after the convolution, as its authors and DCGAN have "
            "it"
        ),
    )
    init_sigma: float = key(
        0.02, "standard deviation of the initial weights; biases start at 0", gt=0
    )


class Objective(Section):
    """The losses (section 3)."""

    system: SystemName = key(
        "acgan", "what is trained: a module of src/acgan/systems", deviation=False
    )
    generator_loss: Literal["non_saturating", "saturating"] = key(
        "non_saturating",
        "G's source term: minimise -log P(real), or literally log P(fake)",
        open_point=(
            "the formula read literally saturates; every re-implementation uses the non-saturating "
            "form"
        ),
    )
    source_loss: Literal["cross_entropy", "hinge"] = key(
        "cross_entropy",
        "the losses of real and fake: cross-entropy, or hinge (then G minimises -logit)",
    )
    classify_fakes: bool = key(
        True, "D learns the class of fakes too: both halves of L_C, as the paper writes it"
    )
    d_class_weight: float = key(1.0, "weight of L_C against L_S in D's loss", ge=0)
    g_class_weight: float = key(1.0, "weight of L_C against L_S in G's loss", ge=0)
    label_input: Literal["planes", "hidden"] = of_system(
        "planes",
        "where D of a cgan is told the class: planes beside the image, or an embedding in a hidden "
        "layer",
    )
    label_row: int = of_system(
        3, "the row of D's convolutions after which a hidden embedding comes", ge=1, le=5
    )
    matching: Literal["minibatch", "features"] = of_system(
        "minibatch",
        "how improved_gan's G learns: D compares the images of a batch, or G matches D's mean "
        "features",
    )
    judge: Name | None = of_system(
        None, "whose logits frozen_judge's G learns by; another one must score it"
    )
    continuous_codes: int = of_system(0, "of infogan, beside its categorical code", ge=0)
    code_weight: float = of_system(1.0, "weight of infogan's information in both losses", ge=0)
    d_twin_weight: float = of_system(1.0, "weight of the twin classifier in D's loss", ge=0)
    g_twin_weight: float = of_system(1.0, "weight of the twin classifier in G's loss", ge=0)
    embedding: int = of_system(512, "size of reacgan's embedding", ge=1)
    margin: float = of_system(0.98, "reacgan's margin", ge=0, le=1)
    temperature: float = of_system(0.5, "reacgan's temperature", gt=0)


class Training(Section):
    """The optimisation of one model (appendix A)."""

    steps: int = key(50_000, "mini-batches", ge=1)
    batch_size: int = key(100, "real images, and as many fakes, per step", ge=2)
    g_learning_rate: float = key(0.0002, "Adam's step size for G", gt=0)
    d_learning_rate: float = key(0.0002, "Adam's step size for D", gt=0)
    beta1: float = key(0.5, "Adam's beta1", ge=0, lt=1)
    beta2: float = key(
        0.999,
        "Adam's beta2",
        ge=0,
        lt=1,
        open_point=(
            "an earlier version of the paper prints 10^-3, surely for 1 - 10^-3; Adam's usual 0.999"
        ),
    )
    d_steps: int = key(
        1,
        "steps of D per step of G",
        ge=1,
        open_point="not stated; 1 : 1 in every re-implementation read",
    )
    g_steps: int = key(1, "steps of G per step of D", ge=1)
    reuse_fakes: bool = key(
        True,
        "D's fake batch serves G's step too, so it is drawn once per step",
        open_point="not stated; one batch of fakes per step is the cheaper of two equal readings",
    )
    flip: bool = key(
        False, "mirror real images left to right at random", open_point="not stated, so none"
    )
    trajectory_every: int = key(1000, "steps between two points of Figure 5", ge=1)
    trajectory_pairs: int = key(100, "pairs of samples per class behind such a point", ge=1)
    log_every: int = key(
        100, "steps per row of training.csv (means since the last row)", ge=1, deviation=False
    )
    precision: Literal["auto", "float32", "bfloat16"] = key(
        "auto",
        "arithmetic of the nets' products: bfloat16 (sums and weights stay float32), float32, or "
        "auto for what docs/benchmarks.md or `acgan speed` found faster on this kind of device, "
        "fixed for an experiment at its first start (docs/reproducibility.md); other precision, "
        "other bits",
        deviation=False,
    )
    threads: int = key(
        1, "CPU threads of one trainer; another number gives other bits", ge=1, deviation=False
    )


class ClassChoice(Section):
    """Some of the classes of a source."""

    wordnet: str | None = key(
        None, "those that are a kind of this synset of WordNet, by id or word (n02084071, dog)"
    )
    first: int | None = key(None, "the first so many, in the source's order", ge=1)


class Dataset(Section):
    """Where images come from; packed into data/<name>/<side>/."""

    source: SourceName = key(
        ..., "which images: " + ", ".join(f"{name} ({s.about})" for name, s in SOURCES.items())
    )
    split: Literal["train", "heldout"] = key(
        "train",
        "which part of the source; of a folder or npz the part that `holdout` cuts off or leaves, "
        "else only a name, unless the npz file holds both",
    )
    path: str | None = key(
        None,
        "where its files lie: the folder of the official archives (none: they are fetched into "
        "data/raw/<source>/), the folder with the class sub-folders, or the npz file",
        deviation=False,
    )
    layout: Literal["archives", "kaggle", "huggingface"] = key(
        "archives",
        "how ImageNet lies in `path`: the official tar files, as Kaggle unpacks it "
        "(ILSVRC/Data/CLS-LOC/...), or the parquet or tar.gz files of Hugging Face's imagenet-1k",
        deviation=False,
    )
    url: str | None = key(
        None,
        "folder of a mirror to fetch the archives from; none is the publisher's. Credentials come "
        "from the environment (docs/data.md)",
        deviation=False,
    )
    checksums: dict[str, Checksum] = key(
        {},
        "of archives that are built like the originals but are not them: {file: md5:... or "
        "sha256:...}; none are the published checksums",
    )
    classes: Annotated[int, Field(ge=1)] | list[str] | ClassChoice | None = key(
        None,
        "number of classes of a folder or npz, where another number is refused; or of any source "
        "those that are packed: a list of ids or names, {wordnet: n02084071} or {first: 100}",
    )
    images_per_class: int | None = key(
        None, "the first so many images of each class alone; none are all", ge=2
    )
    images: int | None = key(
        None,
        "number of images, all classes together; none is the published number, or any for a folder "
        "or npz",
        ge=1,
    )
    holdout: float | None = key(
        None,
        "share of the images of each class of a folder or npz that `split: heldout` has and "
        "`split: train` has not; none: both have all",
        gt=0,
        le=0.5,
    )
    holdout_seed: int = key(0, "which images these are: another seed holds out others", ge=0)
    heldout: Name | None = key(
        None,
        "data set of held-out images of the same classes, where they lie in other files; none: the "
        "one with `split: heldout` of the same source, classes and `holdout`",
        deviation=False,
    )
    unreadable: int = key(
        0,
        "images that may fail to decode and are then left out and listed in the report; one more "
        "stops the pack",
        ge=0,
    )
    resize: Literal["bilinear", "bicubic"] = key(
        "bilinear",
        "filter by which the largest centre square of a photograph comes to the side of the "
        "models, antialiased",
        open_point=(
            "neither crop nor filter is stated; the whole height or width, and the filter that the "
            "paper names for its resolution test"
        ),
    )

    @property
    def class_count(self) -> int | None:
        """How many classes it has; None if the config does not say. Raises UserError for a choice
        that its source does not have.
        """
        return class_count(self.model_dump())


class Judge(Section):
    """A classifier that names samples."""

    kind: KindName = key(..., "; ".join(f"{name}: {k.about}" for name, k in KINDS.items()))
    train: Name | None = key(None, "data set that the judge is trained on, if a rule trains it")
    test: Name | None = key(None, "data set that its accuracy is measured on")
    side: int = key(
        32, "side at which `train` and `test` are packed, and which a local_classifier reads", ge=8
    )
    epochs: int = key(12, "passes over the training images", ge=1)
    learning_rate: float = key(0.01, "largest step size (one-cycle schedule)", gt=0)
    threads: int = key(1, "CPU threads; another number gives other bits", ge=1)
    rotate: float = key(
        10.0, "of a trained_cnn's training images: degrees that each is turned at most", ge=0
    )
    zoom: float = key(0.1, "the same: share that each is enlarged or shrunk at most", ge=0, lt=1)
    shift: float = key(0.1, "the same: share of the side that each is moved at most", ge=0, lt=1)
    flip: bool = key(
        False, "the same, and of a finetuned judge: whether they are mirrored left to right too"
    )
    least_accuracy: float = key(
        0.0, "held-out accuracy below which figures say that the judge is too poor", ge=0, le=1
    )
    weights: str | None = key(
        None,
        "weight file; none means the published one of an Inception, fetched into data/weights/",
    )
    sha256: Sha256 | None = key(
        None, "checksum of a local_classifier's weights, if you want it checked"
    )
    architecture: str | None = key(
        None,
        "of a local_classifier: resnet20, resnet56, or torchvision:NAME as in torchvision:resnet18",
    )
    classes: list[str] | str | None = key(
        None,
        "of a local_classifier: what its outputs stand for, a list of class ids or a text file of "
        "one per line",
    )
    mean: list[float] | None = key(
        None, "of a local_classifier: taken from RGB in 0 to 1, three numbers"
    )
    std: list[float] | None = key(
        None, "of a local_classifier: what the rest is divided by, three numbers"
    )
    resize: Literal["bilinear", "bicubic"] = key(
        "bilinear",
        "of a local_classifier: how images of another side come to its own (as Pillow does it)",
    )


class ModelChoice(Section):
    """Some of the models of a suite."""

    classes: list[str] = key(..., "those that hold one of these classes, by id or name")


class Suite(Section):
    """A family of models: a data set, a side, a grouping of classes, settings, restarts."""

    dataset: Name = key(..., "data set that the models are trained on")
    side: int = key(..., "side of the images: 128, 64, 32 or 16")
    classes_per_model: int | list[int] = key(
        10,
        "classes of one model; the classes are cut into groups of so many. A list makes one model "
        "over the *first* n classes for each n (as Figure 10 asks)",
    )
    grouping: Literal[
        "consecutive",
        "ilsvrc2012",
        "random",
        "similar_wordnet",
        "dissimilar_wordnet",
        "similar_features",
        "dissimilar_features",
        "file",
    ] = key(
        "consecutive",
        "which classes share a model: consecutive ones in the data set's order (sorted ids), or in "
        "the ImageNet challenge's own (ilsvrc2012); drawn at random; like or unlike ones, by their "
        "distance in WordNet's tree or between the mean features that the suite's judge gives to "
        "their training images; or as a file says",
        open_point=(
            "groups of ten are stated, their order is not; sorted class ids fit the paper's "
            "figures best"
        ),
    )
    grouping_seed: int = key(
        0, "of grouping random: another seed draws other groups", ge=0, deviation=False
    )
    groups_file: str | None = key(
        None,
        "of grouping file: a CSV with the columns model and class, every class once. Its order is "
        "the order of the labels; the models may have any names, and each has classes_per_model "
        "classes",
        deviation=False,
    )
    models: list[int | str] | ModelChoice | None = key(
        None,
        "which of its groups of classes are trained at all: a list of numbers and ranges, counted "
        "from 0 ([0-9, 42]), or {classes: [zebra]}, those that hold a class; none are all",
        deviation=False,
    )
    snapshots: list[int] = key(
        [],
        "steps after which G's weights are kept beside, for the best of them by the class score; "
        "they change no model",
        deviation=False,
    )
    seeds: Literal["own", "shared"] = key(
        "own",
        "where random states come from: of the suite and the model, or shared, of the group of "
        "classes and the restart alone, so that the restarts of several suites have the same real "
        "batches and latents",
        deviation=False,
    )
    restarts: int = key(
        1,
        "models per setting that differ only in their random state",
        ge=1,
        open_point="stated for Figure 10 (9) only; elsewhere the paper speaks of one model",
    )
    grid: dict[str, list[float | int | str | bool]] = key(
        {},
        "settings to combine: {training.g_learning_rate: [0.0001, 0.0002]} makes one model per "
        "combination",
    )
    models_per_job: int = key(
        1,
        "models that one job trains at once, each in a process of its own, and then samples and "
        "scores: small nets share a GPU",
        ge=1,
        deviation=False,
    )
    judge: Name | None = key(
        None, "judge that names the samples; without one, what needs it is left out and says so"
    )
    samples_per_class: int = key(
        100,
        "samples of each class of each model",
        ge=20,
        open_point=(
            "not stated for accuracy; 100 gives each of the 10 subsets ten images of every class"
        ),
    )
    sampling_batch_norm: Literal["running", "batch"] = key(
        "running",
        "batch norm of G when samples are drawn: running means, or the batch's own (one class, 250 "
        "samples)",
        open_point=(
            "not stated; with running means a sample does not depend on the others drawn with it"
        ),
    )
    interpolation_steps: int = key(
        8,
        "images on a line between two latents (Figure 9)",
        ge=2,
        open_point="not stated; as many as fit legibly",
    )
    paths_per_class: int = key(
        0,
        "lines between two latents of each class whose steps are measured (claim smooth_latent); "
        "none of them changes a sample",
        ge=0,
        deviation=False,
    )
    nets: Nets = key(Nets(), "keys that differ from the experiment's `nets`")
    objective: Objective = key(Objective(), "keys that differ from the experiment's `objective`")
    training: Training = key(Training(), "keys that differ from the experiment's `training`")


class ScoreGroups(Section):
    """A score over groups of samples (section 4.4)."""

    samples: int = key(..., "samples, all classes together", ge=2)
    groups: int = key(..., "random groups; the score is the mean over them", ge=1)


class Scores(Section):
    """How samples and training images are scored (section 4)."""

    resolutions: list[int] = key(
        [16, 32, 64, 128, 256], "sides of Figure 2, each shrunk to and enlarged back from"
    )
    subsets: int = key(10, "subsets of the samples behind Figure 2's error bars", ge=2)
    ms_ssim_pairs: int = key(
        100,
        "random pairs per class behind a mean MS-SSIM",
        ge=2,
        open_point="100 random pairs in most readings; one says all pairs of 100 images",
    )
    ms_ssim_all_pairs: int = key(
        100,
        "images per class whose pairs are all compared, a second estimate beside the random pairs "
        "(0: none)",
        ge=0,
        open_point=(
            "the other reading: all pairs of 100 images; written beside the random pairs, which "
            "figures show"
        ),
    )
    neighbours: int = key(
        8,
        "samples per class whose nearest training image is looked for (Figure 8)",
        ge=1,
        open_point=(
            "neither count nor pool is stated; we search the class and, beside it, all classes of "
            "the model"
        ),
    )
    select: ScoreGroups = key(
        ScoreGroups(samples=50_000, groups=10),
        "the score by which the best setting of a grid is chosen",
    )
    report: ScoreGroups = key(
        ScoreGroups(samples=25_000, groups=5),
        "the score that is reported, over other samples than `select`",
    )
    feature_distances: bool = key(
        True,
        "FID, KID, precision and recall of the samples behind `report` against training images, "
        "where the judge gives features; with another judge than the 2015 graph they bear its name",
        deviation=False,
    )


class Report(Section):
    """The HTML report."""

    real_photos: Literal["show", "blur", "omit"] = key(
        "omit",
        "what becomes of training photographs in tables, figures and report; they may be others' "
        "copyright",
    )


class Runtime(Section):
    """How jobs run; nothing here changes a result's bits on the same machine and device."""

    device: Literal["auto", "cpu", "cuda"] = key(
        "auto", "where the nets run; auto takes a GPU if there is one"
    )
    checkpoint_seconds: float = key(60.0, "seconds between two checkpoints", gt=0)
    checkpoint_steps: int = key(
        0, "steps between two checkpoints, besides the seconds; 0 for none", ge=0
    )
    reuse: list[Name] = key(
        [],
        "other experiments in results/, whose finished models are copied instead of trained where "
        "all that they depend on is the same, the images too",
    )
    tensorboard: bool = key(
        False, "write the training log for TensorBoard too, into models/<suite>/<model>/state/"
    )


class Experiment(Section):
    """One experiment: one file in config/, one folder of the same name in results/."""

    base: str | None = key(
        None, "another config file, beside this one, that this one is put over", deviation=False
    )
    experiment: Name = key(..., "name of the results folder")
    title: str = key(..., "one line for the report")
    seed: int = key(0, "the one seed; every random state is derived from it", ge=0)
    datasets: dict[Name, Dataset] = key(..., "data sets by name")
    judges: dict[Name, Judge] = key({}, "judges by name")
    nets: Nets = key(Nets(), "the nets of all suites")
    objective: Objective = key(Objective(), "the objective of all suites")
    training: Training = key(Training(), "the training of all suites")
    suites: dict[Name, Suite] = key(..., "families of models by name")
    roles: dict[RoleName, Name | list[Name] | None] = key(
        ...,
        "which suite plays which role in figures and tables; those of a role left out are left "
        "out: "
        + "; ".join(f"{name}: in the place of {role.about}" for name, role in ROLES.items()),
    )
    scores: Scores = key(Scores(), "how samples are scored")
    report: Report = key(Report(), "the report")
    runtime: Runtime = key(Runtime(), "how jobs run")
