# Data, judges and groups of classes. None takes its package as an input: a change of code here
# would retrain every model (docs/reproducibility.md says what to do when such code changes).


rule data:
    input:
        E.indexes,
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
        # of output: not recorded, since experiments share data/
        config=lambda w, output: E.resolved,
        source=lambda w: E.fetch_keys(w.dataset),
    message:
        "getting and checking the files of {wildcards.dataset}"
    shell:
        "acgan fetch --config {params.config} --dataset {wildcards.dataset} --out {output} "
        "2>&1 | tee -i {log}"


# All sides from one decode. Where images lie class by class, several jobs share the classes.
for dataset in E.datasets:

    rule:
        name:
            f"pack_{dataset}"
        input:
            [] if E.is_in_package(dataset) else f"data/{dataset}/archives.csv",
        output:
            E.packed_files(dataset),
        log:
            E.pack_log(dataset),
        conda:
            ENVIRONMENT
        params:
            # of output: not recorded, since experiments share data/
            config=lambda w, output: E.resolved,
            dataset=dataset,
            source=E.pack_keys(dataset),
            part=lambda w: f"--part {int(w.part)}" if "part" in w.keys() else "",
            parts=E.parts(dataset),
            sides=E.sides(dataset),
            folder=subpath(output[0], ancestor=3 if E.parts(dataset) > 1 else 2),
        message:
            "packing {params.dataset} {params.part}"
        shell:
            "acgan pack --config {params.config} --dataset {params.dataset} "
            "--sides {params.sides} {params.part} --of {params.parts} --out {params.folder} "
            "> {log} 2>&1"


for dataset in [d for d in E.datasets if E.parts(d) > 1]:

    rule:
        name:
            f"index_{dataset}"
        input:
            E.part_files(dataset),
        output:
            f"data/{dataset}/{{side}}/index.csv",
        log:
            f"logs/pack/{dataset}/index_{{side}}.log",
        wildcard_constraints:
            side="|".join(map(str, E.sides(dataset))),
        localrule: True
        conda:
            ENVIRONMENT
        params:
            # of output: not recorded, since experiments share data/
            config=lambda w, output: E.resolved,
            dataset=dataset,
            source=E.pack_keys(dataset),
        message:
            "putting the parts of {params.dataset} at side {wildcards.side} together"
        shell:
            "acgan index --config {params.config} --dataset {params.dataset} --parts {input} "
            "--out {output} > {log} 2>&1"


rule judge:
    input:
        train=lambda w: E.judge_data(w.judge, "train"),
        test=lambda w: E.judge_data(w.judge, "test"),
    output:
        weights=f"{E.results}/judges/{{judge}}.safetensors",
        accuracy=f"{E.results}/judges/{{judge}}.csv",
    log:
        f"{E.results}/logs/judge/{{judge}}.log",
    wildcard_constraints:
        judge=E.judges_pattern(trained=True),
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=E.resolved,
        settings=lambda w: E.judge_settings(w.judge),
        seed=CONFIG["seed"],
        folders=lambda w, input: [str(Path(f).parent) for f in (input.train, input.test)],
    message:
        "training the judge {wildcards.judge}"
    shell:
        "acgan judge --config {params.config} --judge {wildcards.judge} "
        "--train {params.folders[0]} --test {params.folders[1]} "
        "--weights {output.weights} --accuracy {output.accuracy} 2>&1 | tee -i {log}"


# Apart from its training: what is added here trains no judge again.
rule judge_mistakes:
    input:
        test=lambda w: E.judge_data(w.judge, "test"),
        judge=lambda w: E.weights(w.judge),
    output:
        confusion=f"{E.results}/judges/confusion/{{judge}}.csv",
        calibration=f"{E.results}/judges/calibration/{{judge}}.csv",
    log:
        f"{E.results}/logs/judge/mistakes/{{judge}}.log",
    wildcard_constraints:
        judge=E.judges_pattern(trained=True),
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=E.resolved,
        folder=subpath(input.test, parent=True),
    message:
        "asking what the judge {wildcards.judge} takes for what"
    shell:
        "acgan judge-mistakes --config {params.config} --judge {wildcards.judge} "
        "--test {params.folder} --judge-weights {input.judge} --confusion {output.confusion} "
        "--calibration {output.calibration} > {log} 2>&1"


# `update`: a file that was put there by hand is checked, not removed and fetched again.
rule fetch_weights:
    output:
        update(f"{E.weights_folder}/{{file}}"),
    log:
        "logs/fetch_weights/{file}.log",
    wildcard_constraints:
        file="|".join(map(re.escape, E.published_weights)),
    localrule: True
    conda:
        ENVIRONMENT
    params:
        kind=lambda w: E.published_weights[w.file],
    message:
        "fetching the weights of {params.kind}"
    shell:
        "acgan fetch-weights {params.kind} --out {output} 2>&1 | tee -i {log}"


rule judge_accuracy:
    input:
        test=lambda w: E.judge_data(w.judge, "test"),
        judge=lambda w: start.ask(E.weights, w.judge),
        classes=lambda w: start.ask(E.class_list, w.judge),
    output:
        f"{E.results}/judges/{{judge}}.csv",
    log:
        f"{E.results}/logs/judge/{{judge}}.log",
    wildcard_constraints:
        judge=E.judges_pattern(trained=False),
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=E.resolved,
        settings=lambda w: E.judge_settings(w.judge),
        weights=lambda w, input: option("--judge-weights", input.judge),
        folder=subpath(input.test, parent=True),
    message:
        "measuring the judge {wildcards.judge} on real images"
    shell:
        "acgan judge-accuracy --config {params.config} --judge {wildcards.judge} "
        "--test {params.folder} {params.weights} --accuracy {output} 2>&1 | tee -i {log}"


rule groups:
    input:
        index=lambda w: E.index(w.suite),
        features=lambda w: E.grouping_features(w.suite),
        groups_file=lambda w: E.groups_file(w.suite),
    output:
        E.groups("{suite}"),
    log:
        f"{E.results}/logs/groups/{{suite}}.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=E.resolved,
        grouping=lambda w: E.grouping(w.suite),
        folder=subpath(input.index, parent=True),
        option=lambda w, input: option("--features", input.features),
    message:
        "deciding which classes share a model in {wildcards.suite}"
    shell:
        "acgan groups --config {params.config} --suite {wildcards.suite} --data {params.folder} "
        "{params.option} --out {output} > {log} 2>&1"
