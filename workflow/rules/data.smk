# Data, judges and groups of classes. None takes its module as an input: a change of code here would retrain every model
# (docs/reproducibility.md says what to do when such code changes).


PACKED_INDEXES = [
    f"data/{dataset}/{side}/index.csv" for dataset, sides in PACKED.items() for side in sides
]


rule data:
    input:
        PACKED_INDEXES,
    message:
        "the data are packed"


# Archives lie in data/raw/<source>/ or where the user has them; this file vouches for them.
rule fetch:
    output:
        "data/{dataset}/archives.csv",
    log:
        "logs/fetch/{dataset}.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=lambda w, output: RESOLVED,  # of output: not recorded, since experiments share data/
        source=lambda w: fetch_keys(w.dataset),
    message:
        "getting and checking the files of {wildcards.dataset}"
    shell:
        "acgan fetch --config {params.config} --dataset {wildcards.dataset} --out {output} 2>&1 | tee -i {log}"


# All sides from one decode. Where images lie class by class, a job packs CLASSES_PER_PART of them.
for dataset, sides in PACKED.items():

    rule:
        name:
            f"pack_{dataset}"
        input:
            [] if is_in_package(dataset) else f"data/{dataset}/archives.csv",
        output:
            [
                f"data/{dataset}/{side}/"
                + (part_name("{part}") if n_parts(dataset) > 1 else "index.csv")
                for side in sides
            ],
        log:
            (
                f"logs/pack/{dataset}/{{part}}.log"
                if n_parts(dataset) > 1
                else f"logs/pack/{dataset}.log"
            ),
        conda:
            ENVIRONMENT
        params:
            config=lambda w, output: RESOLVED,  # of output: not recorded, since experiments share data/
            dataset=dataset,
            source=pack_keys(dataset),
            part=lambda w: f"--part {int(w.part)}" if "part" in w.keys() else "",
            parts=n_parts(dataset),
            sides=lambda w, output: [Path(f).parts[2] for f in output],
            folder=subpath(output[0], ancestor=3 if n_parts(dataset) > 1 else 2),
        message:
            "packing {params.dataset} {params.part}"
        shell:
            "acgan pack --config {params.config} --dataset {params.dataset} --sides {params.sides} {params.part} "
            "--of {params.parts} --out {params.folder} > {log} 2>&1"


for dataset in [d for d in PACKED if n_parts(d) > 1]:

    rule:
        name:
            f"index_{dataset}"
        input:
            [f"data/{dataset}/{{side}}/{part_name(f'{i:03d}')}" for i in range(n_parts(dataset))],
        output:
            f"data/{dataset}/{{side}}/index.csv",
        log:
            f"logs/pack/{dataset}/index_{{side}}.log",
        wildcard_constraints:
            side="|".join(map(str, PACKED[dataset])),
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=lambda w, output: RESOLVED,  # of output: not recorded, since experiments share data/
            dataset=dataset,
            source=pack_keys(dataset),
        message:
            "putting the parts of {params.dataset} at side {wildcards.side} together"
        shell:
            "acgan index --config {params.config} --dataset {params.dataset} --parts {input} --out {output} "
            "> {log} 2>&1"


NO_NAME = "-"  # no judge's name, whatever is chosen as one


rule judge:
    input:
        train=judge_data("train"),
        test=judge_data("test"),
    output:
        weights=f"{RESULTS}/judges/{{judge}}.safetensors",
        accuracy=f"{RESULTS}/judges/{{judge}}.csv",
    log:
        f"{RESULTS}/logs/judge/{{judge}}.log",
    wildcard_constraints:
        judge="|".join(filter(is_trained, CONFIG["judges"])) or NO_NAME,
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=RESOLVED,
        settings=lambda w: CONFIG["judges"][w.judge],
        seed=CONFIG["seed"],
        folders=lambda w, input: [str(Path(f).parent) for f in (input.train, input.test)],
    message:
        "training the judge {wildcards.judge}"
    shell:
        "acgan judge --config {params.config} --judge {wildcards.judge} --train {params.folders[0]} "
        "--test {params.folders[1]} --weights {output.weights} --accuracy {output.accuracy} 2>&1 | tee -i {log}"


# `update`: a file that was put there by hand is checked, not removed and fetched again.
rule fetch_weights:
    output:
        update(f"{weights.FOLDER}/{{file}}"),
    log:
        "logs/fetch_weights/{file}.log",
    wildcard_constraints:
        file="|".join(map(re.escape, weights.kinds_by_file())),
    localrule: True
    conda:
        ENVIRONMENT
    params:
        kind=lambda w: weights.kinds_by_file()[w.file],
    message:
        "fetching the weights of {params.kind}"
    shell:
        "acgan fetch-weights {params.kind} --out {output} 2>&1 | tee -i {log}"


rule judge_accuracy:
    input:
        test=judge_data("test"),
        judge=lambda w: weights_of(w.judge),
        classes=lambda w: class_list_of(w.judge),
    output:
        f"{RESULTS}/judges/{{judge}}.csv",
    log:
        f"{RESULTS}/logs/judge/{{judge}}.log",
    wildcard_constraints:
        judge="|".join(j for j in CONFIG["judges"] if not is_trained(j)) or NO_NAME,
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=RESOLVED,
        settings=lambda w: CONFIG["judges"][w.judge],
        weights=judge_option,
        folder=subpath(input.test, parent=True),
    message:
        "measuring the judge {wildcards.judge} on real images"
    shell:
        "acgan judge-accuracy --config {params.config} --judge {wildcards.judge} --test {params.folder} "
        "{params.weights} --accuracy {output} 2>&1 | tee -i {log}"


rule groups:
    input:
        index=lambda w: index_of(w.suite),
        features=grouping_features,
        groups_file=lambda w: CONFIG["suites"][w.suite]["groups_file"] or [],
    output:
        f"{RESULTS}/groups/{{suite}}.csv",
    log:
        f"{RESULTS}/logs/groups/{{suite}}.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=RESOLVED,
        models=lambda w: [list(m) for m in resolve.models(CONFIG, w.suite)],
        grouping=lambda w: [CONFIG["suites"][w.suite][k] for k in GROUPING_KEYS],
        folder=subpath(input.index, parent=True),
        option=lambda w, input: option("--features", input.features),
    message:
        "deciding which classes share a model in {wildcards.suite}"
    shell:
        "acgan groups --config {params.config} --suite {wildcards.suite} --data {params.folder} {params.option} "
        "--out {output} > {log} 2>&1"
