"""The figures and tables of the report: what each is called, the question that it answers, the
roles that it shows, and what it is drawn from.

One item is one notebook (notebooks/paper/<item>.py or notebooks/beyond/<item>.py), one rule and
named target (`snakemake figure_04`), one folder (results/<experiment>/figures/<item>/) and one card
of the report. docs/add_a_figure.md adds one.

A table is named as `table`, of the suite in the item's first role, or as `role/table`.
"""

from typing import Any, NamedTuple

from acgan.declarations.roles import suites_in

Config = dict[str, Any]


class Item(NamedTuple):
    """One figure or table."""

    title: str
    question: str  # that it answers, with the section of the paper or who asked it
    roles: tuple[str, ...] = ()  # without one of them it is left out; the first is what it shows
    tables: tuple[str, ...] = ()  # tables/: one at least that says which models have scores
    sheets: tuple[str, ...] = ()  # tables/pictures.py
    welcome: tuple[str, ...] = ()  # tables that it takes where the experiment has their role
    judged: bool = False  # it shows what a judge says: without one it can only say so
    classed: bool = False  # the same of classes that the generator is given
    systems: tuple[str, ...] = ()  # that it draws: their files are linked
    part: str = "paper"  # or "beyond"

    @property
    def shown(self) -> list[str]:
        """Its roles, and those that its sheets name."""
        named = [sheet.rpartition("/")[0] for sheet in self.sheets]
        return list(dict.fromkeys([*self.roles, *filter(None, named)]))


ITEMS = {
    "figure_01": Item(
        "Samples of five classes",
        "What do the samples that the judge names best look like?",
        ("large",),
        ("accuracy_by_class", "trajectory"),
        ("selected_samples",),
        welcome=("judges",),
    ),
    "figure_02": Item(
        "Resolution and discriminability",
        "Do more pixels make samples easier to recognise, or are they enlarged small ones? (4.1)",
        ("large", "small"),
        (
            "accuracy_by_resolution",
            "small/accuracy_by_resolution",
            "accuracy_by_class",
            "small/accuracy_by_class",
            "resolution_tests",
        ),
        ("resolutions",),
        classed=True,
        judged=True,
        welcome=("judges",),
    ),
    "figure_03": Item(
        "Examples of MS-SSIM",
        "What does a mean MS-SSIM of 0.1, or of 0.9, look like? (4.2)",
        ("large",),
        ("ms_ssim_by_class",),
        ("ms_ssim_examples",),
        classed=True,
    ),
    "figure_04": Item(
        "Diversity of samples and of training data",
        "Do the samples of a class vary as much as its training images? (4.2)",
        ("large",),
        ("ms_ssim_by_class",),
        classed=True,
    ),
    "figure_05": Item(
        "Diversity during training",
        "When does a class collapse? (4.2)",
        ("large",),
        ("trajectory", "ms_ssim_by_class"),
    ),
    "figure_06": Item(
        "Accuracy against diversity",
        "Are classes that are named rightly bought with little variety? (4.3)",
        ("large",),
        ("accuracy_by_class", "ms_ssim_by_class"),
        judged=True,
        welcome=("judges",),
        classed=True,
    ),
    "figure_07": Item(
        "Random samples",
        "Are samples coherent as whole pictures, unselected? (4.4)",
        ("large",),
        ("trajectory",),
        ("random_samples", "improved/random_samples"),
    ),
    "figure_08": Item(
        "Nearest training images",
        "Are samples copies of training images? (4.5)",
        ("large",),
        ("neighbours",),
        ("nearest_images",),
        welcome=("judges",),
    ),
    "figure_09": Item(
        "Walks through the latent space",
        "Does the latent space hold jumps, or structure? (4.5)",
        ("large",),
        ("accuracy_by_class", "trajectory"),
        ("latent_walks",),
        welcome=("judges",),
    ),
    "figure_10": Item(
        "Classes per model and diversity",
        "Does a model of more classes collapse? (4.6)",
        ("class_count",),
        ("class_count",),
        welcome=("judges",),
        classed=True,
    ),
    "diagram": Item(
        "Four architectures",
        "Where does the class enter each of four GANs?",
        systems=("cgan", "sgan", "infogan", "acgan"),
    ),
    "table_1": Item(
        "Nets and hyper-parameters, large images",
        "Are the nets the paper's? (appendix A)",
        ("large",),
        ("layers",),
        welcome=("small/layers",),
    ),
    "table_2": Item(
        "Nets and hyper-parameters, small images",
        "Are the nets the paper's? (appendix A)",
        ("search",),
        ("layers",),
    ),
    "table_cifar10": Item(
        "Score of the best setting (section 4.4)",
        "How good are samples of CIFAR-10? (4.4)",
        ("search",),
        ("search",),
        judged=True,
        welcome=("judges",),
    ),
    "album": Item(
        "Ten samples of every class (section 4.7)",
        "What does every class look like, unselected?",
        ("large",),
        ("trajectory",),
        ("album",),
    ),
    "claims": Item(
        "The paper's statements, tested",
        "Which of the paper's statements hold on the data at hand?",
        tables=("claims",),
        part="beyond",
    ),
    "nearness": Item(
        "Nearest training images against held-out ones",
        "Are samples nearer to training images than unseen images are? (request 1)",
        ("critics",),
        ("nearness",),
        part="beyond",
    ),
    "capacity": Item(
        "Classes per model, width and loss",
        "Do more parameters, or another loss, mend what more classes cost? (requests 2, 17)",
        ("capacity",),
        ("capacity",),
        judged=True,
        classed=True,
        welcome=("judges",),
        part="beyond",
    ),
    "against_improved": Item(
        "AC-GAN against Improved GAN",
        "Do its samples vary more and score higher, over restarts? (requests 3, 11)",
        ("critics",),
        ("model_measures", "judged_by_class"),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "grouped": Item(
        "Models of alike and of unlike classes",
        "Does it matter which classes share a model, and what does one z give unlike classes? "
        "(requests 4, 5)",
        ("grouped",),
        ("class_accuracy", "class_diversity", "latent_space"),
        ("same_z",),
        judged=True,
        classed=True,
        welcome=("judges",),
        part="beyond",
    ),
    "weights": Item(
        "Weights of the class loss",
        "What if the class loss weighs more, or less, for D and for G? (request 7)",
        ("weights",),
        ("model_measures",),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "by_system": Item(
        "Resolution and diversity, system by system",
        "Do the paper's curves and its correlation hold of other systems? (requests 8, 10)",
        ("critics",),
        ("class_accuracy", "class_diversity"),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "ms_ssim_cost": Item(
        "What MS-SSIM takes",
        "How many pairs and operations is MS-SSIM of all classes? (request 13)",
        ("critics",),
        ("ms_ssim_cost",),
        part="beyond",
    ),
    "likelihood": Item(
        "Parzen-window likelihood",
        "How likely are held-out images under samples? (request 14)",
        ("critics",),
        ("likelihood",),
        part="beyond",
    ),
    "by_step": Item(
        "A model on its way",
        "What does a model draw after more and more steps, and does it get better?",
        ("by_step",),
        ("by_step",),
        ("samples_by_step",),
        welcome=("judges",),
        part="beyond",
    ),
    "survival": Item(
        "Classes that collapse during training",
        "Do the class losses steady training? (request 15)",
        ("critics",),
        ("collapse_by_step",),
        part="beyond",
    ),
    "probe": Item(
        "What z says of the class",
        "Is z independent of the class? (request 16)",
        ("critics",),
        ("latent_space",),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "images": Item(
        "One class and ten, by the number of images",
        "Is it the number of images or the difficulty by which a GAN of one class fails? "
        "(request 18)",
        ("images",),
        ("model_measures", "datasets"),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "class_scatter": Item(
        "Class by class against projection",
        "Which classes does a projection discriminator draw better? (request 22)",
        ("critics",),
        ("class_distance",),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "human_check": Item(
        "People as judges",
        "Do people see in samples what the judge sees, and take them for real? (request 20)",
        ("rated",),
        ("human_check",),
        part="beyond",
    ),
    "systems": Item(
        "The systems compared",
        "What do AC-GAN and the systems that it argues against draw, on the same nets and data? "
        "(requests 3, 11, 12, 22, 23)",
        ("systems",),
        ("model_measures",),
        ("same_latents",),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "ablation": Item(
        "The class in the generator, the classifier, both",
        "What does the class-conditional generator give, what the auxiliary classifier? (request "
        "6)",
        ("systems",),
        ("model_measures",),
        judged=True,
        welcome=("judges",),
        part="beyond",
    ),
    "settings": Item(
        "Settings compared over restarts",
        "Does a setting make a difference beyond that of restarts?",
        ("settings",),
        ("model_measures",),
        ("same_latents",),
        welcome=("judges",),
        part="beyond",
    ),
}
# What the report itself reads, where the experiment has it; "*" is every suite.
PAGE_TABLES = (
    "claims",
    "*/training",
    "judges",
    "judge_confusion",
    "judge_calibration",
    "datasets",
    "unreadable",
    "large/ms_ssim_by_class",
    "small/ms_ssim_by_class",
    "large/accuracy_by_class",
    "small/accuracy_by_class",
    "search/feature_distances",
    "large/trajectory",
    "large/neighbours",
)
# The pictures that its pages of classes show, in the same way.
PAGE_SHEETS = (
    "large/class_pictures",
    "small/class_pictures",
    "large/class_neighbours",
    "systems/class_samples",
)


def items_of(config: Config) -> dict[str, Item]:
    """The items that an experiment has suites for."""
    return {
        name: item
        for name, item in ITEMS.items()
        if all(suites_in(config, role) for role in item.roles)
    }
