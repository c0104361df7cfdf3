# Data, judges and groups of classes. None takes its module as an input: a change of code here would retrain every model
# (docs/reproducibility.md says what to do when such code changes).


rule data:
    input:
        sorted({index_of(suite) for suite in SUITES}),


rule pack:
    output:
        "data/{dataset}/{side}/index.csv",
    log:
        "logs/pack/{dataset}_{side}.log",
    conda:
        ENVIRONMENT
    params:
        config=RESOLVED,
        source=lambda w: CONFIG["datasets"][w.dataset],
        folder=subpath(output[0], parent=True),
    message:
        "packing {wildcards.dataset} at {wildcards.side} x {wildcards.side}"
    shell:
        "acgan pack --config {params.config} --dataset {wildcards.dataset} --side {wildcards.side} --out {params.folder} "
        "> {log} 2>&1"


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
        judge="|".join(filter(is_trained, CONFIG["judges"])) or "none",
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["judges"][w.judge]["threads"]
    params:
        config=RESOLVED,
        settings=lambda w: CONFIG["judges"][w.judge],
        seed=CONFIG["seed"],
        folders=lambda w, input: [
            str(Path(f).parent) for f in (input.train, input.test)
        ],
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
        file="|".join(re.escape(p.file) for p in weights.PINNED.values()),
    conda:
        ENVIRONMENT
    params:
        kind=lambda w: {p.file: kind for kind, p in weights.PINNED.items()}[w.file],
    message:
        "fetching the weights of {params.kind}"
    shell:
        "acgan fetch-weights {params.kind} --out {output} 2>&1 | tee -i {log}"


rule judge_accuracy:
    input:
        test=judge_data("test"),
        judge=lambda w: weights_of(w.judge),
    output:
        f"{RESULTS}/judges/{{judge}}.csv",
    log:
        f"{RESULTS}/logs/judge/{{judge}}.log",
    wildcard_constraints:
        judge="|".join(j for j in CONFIG["judges"] if not is_trained(j)) or "none",
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
    output:
        f"{RESULTS}/groups/{{suite}}.csv",
    log:
        f"{RESULTS}/logs/groups/{{suite}}.log",
    conda:
        ENVIRONMENT
    params:
        config=RESOLVED,
        models=lambda w: [list(m) for m in resolve.models(CONFIG, w.suite)],
        folder=subpath(input.index, parent=True),
    message:
        "deciding which classes share a model in {wildcards.suite}"
    shell:
        "acgan groups --config {params.config} --suite {wildcards.suite} --data {params.folder} --out {output} "
        "> {log} 2>&1"
