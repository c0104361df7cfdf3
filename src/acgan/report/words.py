"""How numbers, names and verdicts are written for people."""

from collections.abc import Iterable

VERDICTS = {
    "reproduced": (
        "Measured under the paper's conditions; the value and its interval agree with the paper's "
        "within the tolerance stated beforehand."
    ),
    "differs": (
        "Measured under the paper's conditions; the whole interval lies outside the tolerance."
    ),
    "inconclusive": "Measured under the paper's conditions, but the interval is too wide to tell.",
    "not comparable": (
        "Measured on other data, at another image size or by another judge than the paper's, so "
        "the two numbers stand side by side for orientation only."
    ),
    "unverified": (
        "Measured under the paper's conditions, but the paper's value could not be checked against "
        "its text, so agreement would prove nothing."
    ),
}
PAPER_SOURCES = {
    "figure": "unverified: read off the paper's figure, not its text",
    "ambiguous": "unverified: printed in a way that can be read as two values",
    "remembered": (
        "unverified: quoted from knowledge of the paper, whose text was not at hand to check it"
    ),
}
# Where the paper's numbers come from: the tags of paper_numbers.yaml, with a link if there is one.
TOLD_BY = (
    (
        "I",
        "The paper's own words: the full text of an earlier version, the submission to ICLR 2017 "
        "(as the arXiv's versions 1 to 3).",
        "arXiv 1610.09585, all versions",
        "https://arxiv.org/abs/1610.09585",
    ),
    (
        "F",
        "The paper's last version (4): its Figures 2 to 5 with their captions, as pictures in the "
        "folder CISWACG of a reader's notes.",
        "Obarads/obarads.github.io",
        "https://github.com/Obarads/obarads.github.io",
    ),
    ("F-dig", "Measured on the pixels of those figures, so marked unverified.", None, None),
    (
        "S0",
        "A reader's notes on the last version, in English; title and address are not known any "
        "more. No number rests on S0, S2 or S4 alone: each only repeats what I or F says.",
        None,
        None,
    ),
    (
        "S2",
        "A course's summary of the last version, of 27 November 2017.",
        "statwiki, University of Waterloo: Conditional Image Synthesis with Auxiliary Classifier "
        "GANs",
        "https://wiki.math.uwaterloo.ca/statwiki/index.php"
        "?title=Conditional_Image_Synthesis_with_Auxiliary_Classifier_GANs&oldid=31556",
    ),
    (
        "S4",
        "A reader's notes on the last version, in Chinese; title and address are not known any "
        "more.",
        None,
        None,
    ),
    (
        "M",
        "Quoted from knowledge of the paper, since no text with this passage was at hand. Such a "
        "number is always marked unverified and never called reproduced.",
        None,
        None,
    ),
)
REAL_PHOTOS = {
    "show": "Training images are shown as they are.",
    "blur": (
        "Training images are shown blurred, since the config key report.real_photos is blur (show: "
        "as they are; omit: grey)."
    ),
    "omit": (
        "Training images are left out of pictures (grey squares in Figures 2, 3 and 8), since they "
        "may be others' copyright. The config key report.real_photos changes that: show, or blur."
    ),
}
# What a trainer's line in the log says: its words, about them, and the columns of training.csv that
# they show, without which a page leaves them out.
TRAINING_LINE = (
    (
        "D, G",
        "Losses of discriminator and generator, classes included: the lower, the better for that "
        "net. The two pull against each other, so neither need fall.",
        ("discriminator_loss", "generator_loss"),
    ),
    (
        "real, fake",
        "Share of real images that D calls real, and of samples that it calls fake; 0.5 is "
        "guessing.",
        ("source_accuracy_real", "source_accuracy_fake"),
    ),
    (
        "class",
        "Share of real images, then of samples, in whose class D is right.",
        ("class_accuracy_real", "class_accuracy_fake"),
    ),
    (
        "img/s, s/kimg, MB, left",
        "Real images a second, seconds for 1,000 of them, peak memory, the time left (h:mm:ss).",
        (),
    ),
)


def training_line(own_columns: Iterable[str]) -> list[tuple[str, str]]:
    """(words, about them) of a trainer's lines, for systems that log these columns beside the
    losses.
    """
    logged = list(dict.fromkeys([*TRAINING_LINE[0][2], *own_columns]))
    explained = {column for _, _, columns in TRAINING_LINE for column in columns}
    said = [
        (words, about) for words, about, columns in TRAINING_LINE if set(columns) <= set(logged)
    ]
    more = ", ".join(column for column in logged if column not in explained)
    return said + [(more, "Columns of a system's own, means over the same steps.")] * bool(more)


def label(item: str) -> str:
    """`figure_04` as "Figure 4"."""
    if item == "table_cifar10":
        return "Table CIFAR-10"
    kind, _, number = item.partition("_")
    return (
        f"{kind.capitalize()} {int(number)}"
        if number.isdigit()
        else item.replace("_", " ").capitalize().replace("Ms ssim", "MS-SSIM")
    )
