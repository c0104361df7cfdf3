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
SAMPLES = f"{RESULTS}/samples/{{suite}}/{{model}}"
SCORES = f"{RESULTS}/scores/{{suite}}/{{model}}"


rule models:
    input:
        [per_model(suite, f"{MODEL}/weights.safetensors") for suite in SUITES],


rule samples:
    input:
        [per_model(suite, f"{SAMPLES}/samples_0.npy") for suite in SUITES],


rule scores:
    input:
        [per_model(suite, f"{SCORES}/ms_ssim.csv") for suite in SUITES],


# A rule for each suite, so that the dearest models start first and the last hour has work for every core.
for suite in [s for s in SUITES if CONFIG["suites"][s]["models_per_job"] == 1]:

    rule:
        name:
            f"train_{suite}"
        input:
            index=index_of(suite),
            groups=f"{RESULTS}/groups/{suite}.csv",
        output:
            weights=f"{in_suite(MODEL, suite)}/weights.safetensors",
            training=f"{in_suite(MODEL, suite)}/training.csv",
            trajectory=f"{in_suite(MODEL, suite)}/trajectory.csv",
            timing=f"{in_suite(MODEL, suite)}/timing.csv",
            provenance=f"{in_suite(MODEL, suite)}/provenance.json",
        log:
            f"{RESULTS}/logs/train/{suite}/{{model}}.log",
        priority: dearness(suite)
        conda:
            ENVIRONMENT
        threads: CONFIG["suites"][suite]["training"]["threads"]
        params:
            config=RESOLVED,
            model=f"{suite}/{{model}}",
            spec=lambda w, suite=suite: resolve.spec(CONFIG, suite, w.model),
            data=subpath(input.index, parent=True),
            folder=subpath(output.weights, parent=True),
        message:
            "training {params.model}"
        shell:
            "acgan train --config {params.config} --model {params.model} --data {params.data} "
            "--groups {input.groups} --out {params.folder} --record-divergence --wait 2>&1 | tee -i {log}"


# `models_per_job` small models share a device: one job and one rule for so many of them.
for suite, number, together in train_jobs():

    rule:
        name:
            f"train_{suite}_{number:02d}"
        input:
            index=index_of(suite),
            groups=f"{RESULTS}/groups/{suite}.csv",
        output:
            [
                f"{MODEL}/{f}".format(suite=suite, model=m)
                for f in MODEL_FILES
                for m in together
            ],
        log:
            f"{RESULTS}/logs/train/{suite}/job_{number:02d}.log",
        priority: dearness(suite)
        conda:
            ENVIRONMENT
        threads: len(together) * CONFIG["suites"][suite]["training"]["threads"]
        params:
            config=RESOLVED,
            suite=suite,
            models=together,
            specs=[resolve.spec(CONFIG, suite, m) for m in together],
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], ancestor=2),
        message:
            "training {params.models} of {params.suite} at once"
        shell:
            "acgan train-together --config {params.config} --suite {params.suite} --models {params.models} "
            "--data {params.data} --groups {input.groups} --out {params.folder} --record-divergence --wait "
            "2>&1 | tee -i {log}"


rule sample:
    input:
        weights=f"{MODEL}/weights.safetensors",
        code=SOURCE / "sample.py",
    output:
        samples=f"{SAMPLES}/samples_0.npy",
        interpolation=f"{SAMPLES}/interpolation_0.npy",
        fixed_latent=f"{SAMPLES}/fixed_latent_0.npy",
    log:
        f"{RESULTS}/logs/sample/{{suite}}/{{model}}.log",
    conda:
        ENVIRONMENT
    threads: lambda w: CONFIG["suites"][w.suite]["training"]["threads"]
    params:
        config=RESOLVED,
        drawn=lambda w: [CONFIG["suites"][w.suite][k] for k in SAMPLING_KEYS],
        folder=subpath(output.samples, parent=True),
    message:
        "drawing samples of {wildcards.suite}/{wildcards.model}"
    shell:
        "acgan sample --config {params.config} --model {wildcards.suite}/{wildcards.model} --weights {input.weights} "
        "--out {params.folder} > {log} 2>&1"


SCORE_CODE = [SOURCE / "scores.py", *sorted((SOURCE / "metrics").glob("*.py"))]


# The scores of a suite follow from its part in the figures, so each suite has a rule of its own.
for suite in SUITES:

    rule:
        name:
            f"score_{suite}"
        input:
            samples=f"{in_suite(SAMPLES, suite)}/samples_0.npy",
            provenance=f"{in_suite(MODEL, suite)}/provenance.json",
            groups=f"{RESULTS}/groups/{suite}.csv",
            index=index_of(suite),
            judge=judge_weights(suite),
            features=(
                in_suite(REAL_FEATURES, suite)
                if "feature_distances" in resolve.metrics(CONFIG, suite)
                else []
            ),
            code=SCORE_CODE,
        output:
            [
                f"{in_suite(SCORES, suite)}/{m}.csv"
                for m in resolve.metrics(CONFIG, suite)
            ],
        log:
            f"{RESULTS}/logs/score/{suite}/{{model}}.log",
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
                    f"--real-features {input.features}" if input.features else "",
                ]
            ),
            model=f"{suite}/{{model}}",
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], parent=True),
        message:
            "scoring the samples of {params.model}"
        shell:
            "acgan score --config {params.config} --model {params.model} --samples {input.samples} "
            "--provenance {input.provenance} --groups {input.groups} --data {params.data} {params.options} "
            "--out {params.folder} > {log} 2>&1"


rule score_real:
    input:
        index=lambda w: index_of(w.suite),
        judge=judge_weights(None),
        code=SCORE_CODE,
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
        f"{RESULTS}/logs/score/real/{{suite}}_features.log",
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
