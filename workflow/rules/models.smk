# One model: train, sample, score. Training is dear, so its code is no input: a trained model keeps the hash of the code
# that made it, and the report flags models made by other code (docs/reproducibility.md).

MODEL = f"{RESULTS}/models/{{suite}}/{{model}}"
MODEL_FILES = (
    "weights.safetensors",
    "training.csv",
    "trajectory.csv",
    "timing.csv",
    "provenance.json",
)
SAMPLING_KEYS = ("samples_per_class", "interpolation_steps", "sampling_batch_norm")
SAMPLE_FILES = ("samples_0.npy", "interpolation_0.npy", "fixed_latent_0.npy")
SAMPLES = f"{RESULTS}/samples/{{suite}}/{{model}}"
SCORES = f"{RESULTS}/scores/{{suite}}/{{model}}"


rule models:
    input:
        [per_model(suite, f"{MODEL}/weights.safetensors") for suite in SUITES],
    message:
        "the models are trained"


rule samples:
    input:
        [per_model(suite, f"{SAMPLES}/samples_0.npy") for suite in SUITES],
    message:
        "the samples are drawn"


# With what tables read of training images and of judges.
rule scores:
    input:
        [per_model(suite, f"{SCORES}/ms_ssim.csv") for suite in SUITES],
        lambda w: [
            path
            for table in WANTED_TABLES
            for path in TABLE_INPUTS[table]
            if path.startswith((f"{RESULTS}/scores/real/", f"{RESULTS}/judges/"))
        ],
    message:
        "the scores are there"


# A rule for each suite, so that the dearest models start first and the last hour has work for every core. Where small
# models share a job (`models_per_job`), a rule for each job, which names its models. On a cluster one job trains, samples and
# scores (group).
for suite, suffix, ids in MODEL_JOBS:

    rule:
        name:
            f"train_{suite}{suffix}"
        input:
            index=index_of(suite),
            groups=f"{RESULTS}/groups/{suite}.csv",
        output:
            each_model(suite, ids, MODEL, MODEL_FILES),
        log:
            f"{RESULTS}/logs/train/{suite}/{log_name(suffix)}.log",
        priority: dearness(suite)
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: len(ids) * CONFIG["suites"][suite]["training"]["threads"]
        resources:
            runtime=60,  # minutes, where a profile does not say; on a cluster training leaves before they are over
        params:
            config=RESOLVED,
            command=train_command(suite, ids),
            models=" ".join(f"{suite}/{m}" for m in ids),
            spec=lambda w, suite=suite, ids=ids: [
                resolve.spec(CONFIG, suite, m.format(**w)) for m in ids
            ],
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], ancestor=1 + (len(ids) > 1)),
        message:
            "training {params.models}"
        shell:
            "acgan {params.command} --config {params.config} --data {params.data} --groups {input.groups} "
            "--out {params.folder} --record-divergence --wait "
            # in a job of a cluster: when to leave, to be queued again, and when to give up
            "${{ACGAN_IN_JOB:+--time-budget $((60 * {resources.runtime})) --requeue --starts 3}} 2>&1 | tee -i {log}"


for suite, suffix, ids in MODEL_JOBS:

    rule:
        name:
            f"sample_{suite}{suffix}"
        input:
            weights=each_model(suite, ids, MODEL, ["weights.safetensors"]),
            code=code("samples"),
        output:
            each_model(suite, ids, SAMPLES, SAMPLE_FILES),
        log:
            f"{RESULTS}/logs/sample/{suite}/{log_name(suffix)}.log",
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: CONFIG["suites"][suite]["training"]["threads"]
        params:
            config=RESOLVED,
            drawn=[CONFIG["suites"][suite][k] for k in SAMPLING_KEYS],
            models=" ".join(f"{suite}/{m}" for m in ids),
            weights=subpath(input[0], ancestor=3),
            folder=subpath(output[0], ancestor=3),
        message:
            "drawing samples of {params.models}"
        shell:
            "acgan sample --config {params.config} --models {params.models} --weights {params.weights} "
            "--out {params.folder} > {log} 2>&1"


# The scores of a suite follow from its part in the figures.
for suite, suffix, ids in MODEL_JOBS:

    rule:
        name:
            f"score_{suite}{suffix}"
        input:
            samples=each_model(suite, ids, SAMPLES, ["samples_0.npy"]),
            provenance=each_model(suite, ids, MODEL, ["provenance.json"]),
            groups=f"{RESULTS}/groups/{suite}.csv",
            index=index_of(suite),
            judge=judge_weights(suite),
            classes=judge_classes(suite),
            features=(
                in_suite(REAL_FEATURES, suite)
                if "feature_distances" in resolve.metrics(CONFIG, suite)
                else []
            ),
            code=code("scores"),
        output:
            each_model(
                suite,
                ids,
                SCORES,
                [f"{m}.csv" for m in resolve.metrics(CONFIG, suite)],
            ),
        log:
            f"{RESULTS}/logs/score/{suite}/{log_name(suffix)}.log",
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: CONFIG["suites"][suite]["training"]["threads"]
        params:
            config=RESOLVED,
            settings=CONFIG["scores"],
            sides=resolve.accuracy_sides(CONFIG, suite),
            judge=judge_settings(suite),
            options=lambda w, input: " ".join(
                [
                    judge_option(w, input),
                    option("--real-features", input.features),
                ]
            ),
            models=" ".join(f"{suite}/{m}" for m in ids),
            weights=lambda w, input: Path(input.provenance[0]).parents[2],
            samples=subpath(input[0], ancestor=3),
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], ancestor=3),
        message:
            "scoring the samples of {params.models}"
        shell:
            "acgan score --config {params.config} --models {params.models} --weights {params.weights} "
            "--samples {params.samples} --groups {input.groups} --data {params.data} {params.options} "
            "--out {params.folder} > {log} 2>&1"


rule score_real:
    input:
        index=lambda w: index_of(w.suite),
        judge=judge_weights(None),
        classes=judge_classes(None),
        code=code("scores"),
    output:
        accuracy=f"{RESULTS}/scores/real/{{suite}}/accuracy.csv",
        ms_ssim=f"{RESULTS}/scores/real/{{suite}}/ms_ssim.csv",
    log:
        f"{RESULTS}/logs/score/real/{{suite}}.log",
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["suites"][w.suite]["training"]["threads"]
    params:
        config=RESOLVED,
        settings=CONFIG["scores"],
        sides=lambda w: resolve.accuracy_sides(CONFIG, w.suite),
        judge=lambda w: judge_settings(w.suite),
        option=judge_option,
        per_class=lambda w: CONFIG["suites"][w.suite]["samples_per_class"],
        data=subpath(input.index, parent=True),
        folder=subpath(output.accuracy, parent=True),
    message:
        "scoring the training images of {wildcards.suite}"
    shell:
        "acgan score-real --config {params.config} --suite {wildcards.suite} --data {params.data} "
        "{params.option} --out {params.folder} > {log} 2>&1"


rule real_features:
    input:
        index=lambda w: index_of(w.suite),
        judge=judge_weights(None),
    output:
        REAL_FEATURES,
    log:
        f"{RESULTS}/logs/score/real_features/{{suite}}.log",
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["suites"][w.suite]["training"]["threads"]
    params:
        config=RESOLVED,
        judge=lambda w: judge_settings(w.suite),
        option=judge_option,
        data=subpath(input.index, parent=True),
    message:
        "asking the judge for features of the training images of {wildcards.suite}"
    shell:
        "acgan real-features --config {params.config} --suite {wildcards.suite} --data {params.data} "
        "{params.option} --out {output} > {log} 2>&1"
