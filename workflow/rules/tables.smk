# Tables and sheets of thumbnails: all that figures read.

HIGH, LOW, GRID, SWEEP = (PARTS[part] for part in ("high", "low", "grid", "sweep"))

TABLE_INPUTS = {
    "accuracy_by_resolution": [
        *of_suites(f"{SCORES}/accuracy.csv", HIGH, LOW),
        *real("accuracy", HIGH),
    ],
    "accuracy_by_class": [
        *of_suites(f"{SCORES}/accuracy.csv", HIGH, LOW),
        *real("accuracy", HIGH),
    ],
    "resolution_tests": [
        *of_suites(f"{SCORES}/accuracy.csv", HIGH, LOW),
        *real("accuracy", HIGH),
    ],
    "ms_ssim_by_class": [
        *of_suites(f"{SCORES}/ms_ssim.csv", HIGH, LOW),
        *sorted({index_of(s): real("ms_ssim", s)[0] for s in (LOW, HIGH) if s}.values()),
    ],
    "trajectory": of_suites(f"{MODEL}/trajectory.csv", HIGH),
    "sweep": [
        *of_suites(f"{SCORES}/ms_ssim.csv", SWEEP),
        *of_suites(f"{SCORES}/accuracy.csv", SWEEP),
        *real("ms_ssim", SWEEP),
    ],
    "grid": of_suites(f"{SCORES}/class_score.csv", GRID),
    "feature_distances": of_suites(f"{SCORES}/feature_distances.csv", GRID),
    "neighbours": of_suites(f"{SCORES}/neighbours.csv", HIGH),
    "training": of_suites(f"{MODEL}/training.csv", *SUITES),
    "judges": [
        f"{RESULTS}/judges/{judge}.csv"
        for judge, chosen in CONFIG["judges"].items()
        if chosen["test"]
    ],
    "datasets": [
        *PACKED_INDEXES,
        *[f"data/{d}/archives.csv" for d in PACKED if not is_in_package(d)],
    ],
    "unreadable": PACKED_INDEXES,
    "layers": [],
}

BY_CLASS = f"{RESULTS}/tables/accuracy_by_class.csv"
IMAGES = of_suites(f"{SAMPLES}/samples_0.npy", HIGH)
# Says which models did not diverge, where a sheet needs no scores.
TRAJECTORY = f"{RESULTS}/tables/trajectory.csv"
SHEET_INPUTS = {
    "selected_samples": [BY_CLASS, *IMAGES],
    "resolutions": [BY_CLASS, *IMAGES],
    "ms_ssim_examples": [f"{RESULTS}/tables/ms_ssim_by_class.csv", *IMAGES],
    "random_samples": [TRAJECTORY, *IMAGES],
    "nearest_images": [BY_CLASS, f"{RESULTS}/tables/neighbours.csv", *IMAGES],
    "latent_walks": [
        BY_CLASS,
        *of_suites(f"{SAMPLES}/interpolation_0.npy", HIGH),
        *of_suites(f"{SAMPLES}/fixed_latent_0.npy", HIGH),
    ],
    "album": [TRAJECTORY, *IMAGES],
    "album_full_size": [TRAJECTORY, *IMAGES],
}
# What figures read lies in tables/, which is small; the album at full size beside it.
SHEET_FOLDERS = {name: f"{RESULTS}/tables" for name in SHEET_INPUTS}
SHEET_FOLDERS["album_full_size"] = f"{RESULTS}/album"
SHEET_FILES = {name: [f"{SHEET_FOLDERS[name]}/{name}.webp"] for name in SHEET_INPUTS}
for album in ("album", "album_full_size"):
    SHEET_FILES[album] = [
        f"{SHEET_FOLDERS[album]}/{album}_{i}.webp"
        for i in range(-(-(CONFIG["suites"][HIGH]["classes"] if HIGH else 0) // CLASSES_PER_SHEET))
    ]

REPORT_TABLES = ["training", "judges", "datasets", "unreadable"]
if GRID and "feature_distances" in resolve.metrics(CONFIG, GRID):
    REPORT_TABLES.append("feature_distances")
WANTED_TABLES = sorted({t for item in ITEMS.values() for t in item.tables}.union(REPORT_TABLES))
WANTED_SHEETS = sorted({s for item in ITEMS.values() for s in item.sheets})
FULL_SIZE = ["album_full_size"] * bool(HIGH)


rule tables:
    input:
        [f"{RESULTS}/tables/{name}.csv" for name in WANTED_TABLES],
        [f"{RESULTS}/tables/{name}.csv" for name in WANTED_SHEETS],
    message:
        "tables and sheets are there"


# Apart from the tables, so that whoever wants those need not fetch it.
rule album_full_size:
    input:
        [f"{SHEET_FOLDERS[name]}/{name}.csv" for name in FULL_SIZE],
    message:
        "the album is there"


for table in WANTED_TABLES:

    rule:
        name:
            f"table_of_{table}"
        input:
            files=TABLE_INPUTS[table],
            index=index_of(HIGH or SUITES[0]),
            code=modules("tables/tables.py", *TABLE_CODE.get(table, ())),
        output:
            f"{RESULTS}/tables/{table}.csv",
        log:
            f"{RESULTS}/logs/table/{table}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=RESOLVED,
            name=table,
            data=subpath(input.index, parent=True),
            # the nets as built depend on the config alone, and the words on a data set too
            settings={
                "layers": {s: CONFIG["suites"][s]["nets"] for s in SUITES},
                "datasets": {d: pack_keys(d) for d in PACKED},
            }.get(table),
        message:
            "merging scores into {output}"
        shell:
            "acgan table {params.name:q} --config {params.config:q} --data {params.data:q} --out {output:q} --inputs {input.files:q} "
            "> {log:q} 2>&1"


for sheet in WANTED_SHEETS + FULL_SIZE:

    rule:
        name:
            f"sheet_of_{sheet}"
        input:
            files=SHEET_INPUTS[sheet],
            groups=f"{RESULTS}/groups/{HIGH}.csv",
            index=index_of(HIGH),
            code=modules(*SHEET_CODE),
        output:
            csv=f"{SHEET_FOLDERS[sheet]}/{sheet}.csv",
            sheets=SHEET_FILES[sheet],
        log:
            f"{RESULTS}/logs/sheet/{sheet}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=RESOLVED,
            name=sheet,
            data=subpath(input.index, parent=True),
            real_photos=CONFIG["report"]["real_photos"],
        message:
            "putting pictures on {output.sheets}"
        shell:
            "acgan sheet {params.name:q} --config {params.config:q} --data {params.data:q} --out {output.csv:q} "
            "--sheets {output.sheets:q} --inputs {input.groups:q} {input.files:q} > {log:q} 2>&1"
