"""Write the page and its key: `acgan rate results/demo`.

The page is one file that opens from disk and asks nothing of a network. It holds the pictures, all
through the same encoder, under numbers that say nothing; what they are stands in the key beside it.
"""

import base64
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader
from PIL import Image

from acgan.config.resolve import Config
from acgan.data import packed
from acgan.io.files import write_csv, write_text
from acgan.judges import KINDS, judge_of
from acgan.rating import FOLDER, KEY
from acgan.rating.pictures import Picture


def write_page(config: Config, results: Path, suite: str, pictures: list[Picture]) -> Path:
    """results/<experiment>/rate/<page id>/index.html and key.csv; the page's path."""
    shown: dict[str, Any] = {
        "classes": sorted({c for p in pictures for c in p.choices}),
        "asks_real": any(p.kind == "real" for p in pictures),
        "pictures": [{"png": encoded(p.image), "choices": p.choices} for p in pictures],
    }
    page_id = hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:12]
    names = class_names(config, suite)
    shown |= {"page": page_id, "names": {c: names.get(c, c) for c in shown["classes"]}}
    folder = results / FOLDER / page_id
    labels = judged(config, results, suite, pictures)
    rows = [
        (i, p.kind, p.of, p.class_id, p.model, p.sample, label, json.dumps(p.choices))
        for i, (p, label) in enumerate(zip(pictures, labels, strict=True))
    ]
    write_csv(folder / "key.csv", KEY, rows)
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    # "</" would end the script early: a class may be called so.
    data = json.dumps(shown).replace("<", "\\u003c")
    text = environment.get_template("page.html.j2").render(data=data, title=config["title"])
    write_text(folder / "index.html", text)
    return folder / "index.html"


def encoded(image: np.ndarray) -> str:
    """A picture as PNG, in base64; the file says nothing else."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def class_names(config: Config, suite: str) -> dict[str, str]:
    """{class id: name} of a suite's packed images."""
    chosen = config["suites"][suite]
    folder = Path("data", chosen["dataset"], str(chosen["side"]))
    if not (folder / "index.csv").is_file():
        return {}
    whole = {entry.id: entry.name for entry in packed.read_index(folder)}
    short = {c: name.split(",")[0] for c, name in whole.items()}
    counts = Counter(short.values())  # two classes may be a crane
    return {c: name if counts[name] == 1 else whole[c] for c, name in short.items()}


def judged(config: Config, results: Path, suite: str, pictures: list[Picture]) -> list[str]:
    """What the suite's judge takes each picture for; "" without a judge."""
    name = config["suites"][suite]["judge"]
    if name is None:
        return [""] * len(pictures)
    import torch

    own = results / "judges" / f"{name}.safetensors"
    trained = KINDS[config["judges"][name]["kind"]].is_trained_here
    judge: Any = judge_of(config, name, own if trained else None)
    images = torch.from_numpy(np.stack([p.image for p in pictures])).permute(0, 3, 1, 2)
    outputs = judge.probabilities(images).argmax(1).tolist()
    return [judge.class_ids[i] for i in outputs]
