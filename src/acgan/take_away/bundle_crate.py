"""What a bundle says of itself: ro-crate-metadata.json, in the profile Workflow Run Crate 0.5
(w3id.org/ro/wfrun/workflow/0.5, on RO-Crate 1.1).

The workflow made the results from the config and the data sets, which are named, not included.
"""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from acgan.config.resolve import Config
from acgan.data.sources import published
from acgan.declarations.items import items_of
from acgan.io.files import read_json, sha256_of, write_text
from acgan.report import data
from acgan.report.words import REAL_PHOTOS
from acgan.take_away.bundle_check import MANIFEST

README = "README.md"
WORKFLOW = "workflow/Snakefile"
# The terms of checksums, which RO-Crate 1.1 does not have.
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
ACTION = "#run"
IS_WORKFLOW = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
PAPER = "https://arxiv.org/abs/1610.09585"
FORMATS = {
    ".cff": "text/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
FOLDERS = {
    "report": "The report: index.html opens from disk, summary.json says the same to machines.",
    "report/figures": "Every figure and table with its data and its executed notebook.",
    "report/source": "The code that made the report, as text.",
    "tables": "All that the figures are drawn from.",
    "models": "Of each trained model where it came from, and its weights where they are included.",
    "judges": "Weights of the judges that were trained here.",
    "workflow": "The workflow: its main file and its rules.",
}
FILES = {
    "CITATION.cff": "How to cite the code.",
    README: "What this is.",
    "LICENSE": "The licence of the code.",
    "config.json": "The experiment: all that differs from the defaults.",
    "metrics.json": "The report's bare numbers.",
    "report/index.html": "The report.",
    WORKFLOW: "The workflow's main file.",
}
WEIGHTS = {
    "none": "Weights are not included.",
    "generators": "Of the trained models, the generators are included.",
    "all": "All trained weights are included: generators, discriminators and judges.",
}
RESULTS = ("report", "report/figures", "tables", "metrics.json", "models", "judges")


def describe(folder: Path, config: Config, on: date, weights: str, changed: set[str]) -> None:
    """Write README.md and ro-crate-metadata.json of the files that lie in a folder. `weights` are
    those included, `changed` the files of which paths were replaced.
    """
    cited = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    sets = data.datasets(config, folder)
    name = config["title"] or f"Results of the experiment {config['experiment']}"
    said = description_of(config, sets, cited, weights)
    write_text(folder / README, readme(folder, name, said))
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    root = crate.root_dataset
    root["name"], root["description"], root["datePublished"] = name, said, on.isoformat()
    root["license"] = crate.add(licence_of(crate, cited))
    root["citation"] = crate.add(paper_of(crate, cited))
    root["conformsTo"] = [
        crate.add(context(crate, uri, "CreativeWork", name=profile, version=version))
        for uri, (profile, version) in PROFILES.items()
    ]
    commit = read_json(folder / "report/summary.json")["commit"]
    makers = context(crate, "#contributors", "Organization", name=cited["authors"][0]["name"])
    workflow = add_files(crate, folder, config, changed)
    workflow["license"], workflow["author"] = root["license"], crate.add(makers)
    workflow["version"] = cited["version"] if commit == "unknown" else commit
    crate.get(README)["about"] = root
    root["mentions"] = crate.add_action(
        workflow,
        identifier=ACTION,
        object=[crate.get("config.json"), *(dataset_of(crate, d, config) for d in sets)],
        result=[crate.get(name) for name in RESULTS if crate.get(name)],
        properties={
            "name": f"The run of the experiment {config['experiment']}",
            "description": "All models trained, sampled, scored and reported by Snakemake.",
        },
    )
    crate.metadata.write(folder)


def readme(folder: Path, name: str, said: str) -> str:
    """For people, who open this first."""
    parts = [f"- `{f}/`: {what}" for f, what in FOLDERS.items() if (folder / f).is_dir()]
    check = f"`sha256sum -c {MANIFEST}` compares every file with its checksum."
    return "\n\n".join([f"# {name}", said, "\n".join(parts), check]) + "\n"


def context(crate: ROCrate, uri: str, kind: str, **properties: Any) -> ContextEntity:
    return ContextEntity(crate, uri, properties={"@type": kind, **properties})


def licence_of(crate: ROCrate, cited: dict[str, Any]) -> ContextEntity:
    """The licence of the code."""
    return context(
        crate,
        f"https://spdx.org/licenses/{cited['license']}",
        "CreativeWork",
        name=f"{cited['license']} License",
        description="Of the code; the file LICENSE has its text.",
    )


def paper_of(crate: ROCrate, cited: dict[str, Any]) -> ContextEntity:
    """The paper that is reproduced."""
    paper = cited["references"][0]
    authors = ", ".join(f"{a['given-names']} {a['family-names']}" for a in paper["authors"])
    where = f"{paper['collection-title']}, {paper['year']}"
    return context(
        crate, PAPER, "ScholarlyArticle", name=paper["title"], description=f"{authors}. {where}."
    )


def add_files(crate: ROCrate, folder: Path, config: Config, changed: set[str]) -> Any:
    """Enter every file with its checksum, and the folders that hold them; returns the workflow."""
    made = [read_json(p) for p in sorted(folder.glob("models/*/*/provenance.json"))]
    versions = sorted({m["versions"]["snakemake"] for m in made if "snakemake" in m["versions"]})
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    workflow = crate.add_workflow(
        files[WORKFLOW],
        WORKFLOW,
        main=True,
        lang="snakemake",
        lang_version=", ".join(versions) or None,
        properties=properties_of(WORKFLOW, files[WORKFLOW], changed)
        | {"conformsTo": {"@id": IS_WORKFLOW}},
    )
    titles = {f"report/figures/{item}/": title_of(folder, item) for item in items_of(config)}
    for place, path in files.items():
        properties = properties_of(place, path, changed)
        if title := titles.get(place.removesuffix(path.name)):
            properties["name"] = f"{title}: {path.name}"
        if path.name == "provenance.json":
            properties["about"] = {"@id": ACTION}
        if place != WORKFLOW:
            crate.add_file(path, place, properties=properties)
    workflow["hasPart"] = [crate.get(quote(place)) for place in files if place.endswith(".smk")]
    for place, said in FOLDERS.items():
        parts = [crate.get(quote(file)) for file in files if file.startswith(f"{place}/")]
        if parts:
            properties = {"name": place, "description": said, "hasPart": parts}
            crate.add_dataset(dest_path=place, properties=properties)
    return workflow


def properties_of(place: str, path: Path, changed: set[str]) -> dict[str, Any]:
    """What is said of every file."""
    said = [FILES[place]] if place in FILES else []
    said += ["Paths outside the working folder are replaced by elsewhere/."] * (place in changed)
    return {
        "name": place,
        **({"description": " ".join(said)} if said else {}),
        "contentSize": str(path.stat().st_size),
        "sha256": sha256_of(path),
        "encodingFormat": FORMATS.get(path.suffix, "text/plain"),
    }


def title_of(folder: Path, item: str) -> str:
    return read_json(folder / f"report/figures/{item}/item.json")["title"]


def dataset_of(crate: ROCrate, found: dict[str, Any], config: Config) -> ContextEntity:
    """A data set by its name, with the names and checksums of the files that it came in."""
    name, chosen = found["name"], config["datasets"][found["name"]]
    urls = {archive.file: archive.url for archive in published(chosen)}
    files = []
    for file in found["files"]:
        algorithm, _, digest = file["checksum"].partition(":")
        about = {"name": file["file"], "contentSize": str(file["bytes"]), algorithm: digest}
        if file["published"] and file["file"] in urls:
            about["contentUrl"] = urls[file["file"]]
        place = f"#data-{name}/{quote(file['file'], safe='')}"
        files.append(crate.add(context(crate, place, "DataDownload", **about)))
    about = {"name": name, "description": f"{words_of(found)} Not included."}
    if files:
        about["distribution"] = files
    return crate.add(context(crate, f"#data-{name}", "Dataset", **about))


def words_of(found: dict[str, Any]) -> str:
    use = "trained on" if found["trained"] else "for judges"
    return f"{found['source']}, {found['split']} ({use}): {found['summary']}."


def description_of(
    config: Config, sets: list[dict[str, Any]], cited: dict[str, Any], weights: str
) -> str:
    """What the whole bundle is, and on whose terms."""
    said = " ".join(f"{found['name']}: {words_of(found)}" for found in sets)
    return (
        f"Results of the experiment {config['experiment']} of {cited['title']} {cited['version']}: "
        f"{cited['abstract']}. Open report/index.html. {WEIGHTS[weights]} "
        f"The code is under the {cited['license']} licence. Pictures, numbers and weights follow "
        f"from data sets that have terms of their own and are not included: {said} "
        f"{REAL_PHOTOS[config['report']['real_photos']]}"
    )
