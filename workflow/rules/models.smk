# One model: train, sample, score. Training is expensive, so its code is no input: a trained model
# keeps the hash of the code that made it, and the report flags models made by other code
# (docs/reproducibility.md).


# How fast the machine that will train does it: nothing asks for this but people.
rule speed:
    output:
        f"{E.results}/speed.json",
    log:
        f"{E.results}/logs/speed.log",
    conda:
        ENVIRONMENT
    threads: 4  # for models at once
    params:
        config=E.resolved,
    message:
        "measuring how fast each kind of model trains here"
    shell:
        "acgan speed --config {params.config} --out {output} 2>&1 | tee -i {log}"


rule models:
    input:
        E.trained,
    message:
        "the models are trained"


rule samples:
    input:
        E.drawn,
    message:
        "the samples are drawn"


# With what tables read of training images and of judges.
rule scores:
    input:
        E.scored,
    message:
        "the scores are there"


# A rule for each suite, so that the most expensive models start first and the last hour has work
# for every core. Where small models share a job (`models_per_job`), a rule for each job, which
# names its models. On a cluster one job trains, samples and scores (group).
for job in MODEL_JOBS:

    rule:
        name:
            job.rule("train")
        input:
            index=E.index(job.suite),
            groups=E.groups(job.suite),
            judge=E.frozen_judge(job.suite),
        output:
            E.of_models(E.model(job.suite), job.ids, MODEL_FILES),
        log:
            f"{E.results}/logs/train/{job.suite}/{job.log}.log",
        priority: E.cost_rank(job.suite)
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: len(job.ids) * E.threads(job.suite)
        resources:
            # Minutes, where a profile has none; on a cluster training leaves before they end.
            runtime=60,
        params:
            config=E.resolved,
            command=E.train_command(job.suite, job.ids),
            models=job.models,
            spec=lambda w, job=job: [E.spec(job.suite, m.format(**w)) for m in job.ids],
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], ancestor=1 + (len(job.ids) > 1)),
        message:
            "training {params.models}"
        shell:
            "acgan {params.command} --config {params.config} --data {params.data} "
            "--groups {input.groups} --out {params.folder} --record-divergence --wait "
            # in a job of a cluster: when to leave, to be queued again, and when to give up
            "${{ACGAN_IN_JOB:+--time-budget $((60 * {resources.runtime})) --requeue --starts 3}} "
            "2>&1 | tee -i {log}"


for job in MODEL_JOBS:

    rule:
        name:
            job.rule("sample")
        input:
            weights=E.of_models(E.model(job.suite), job.ids, MODEL_FILES[:1]),
            code=E.code(code.of_samples()),
        output:
            E.of_models(E.samples(job.suite), job.ids, SAMPLE_FILES),
        log:
            f"{E.results}/logs/sample/{job.suite}/{job.log}.log",
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: E.threads(job.suite)
        params:
            config=E.resolved,
            drawn=E.sampling(job.suite),
            models=job.models,
            weights=subpath(input[0], ancestor=3),
            folder=subpath(output[0], ancestor=3),
        message:
            "drawing samples of {params.models}"
        shell:
            "acgan sample --config {params.config} --models {params.models} "
            "--weights {params.weights} --out {params.folder} > {log} 2>&1"


# Apart from the samples: what is added here draws none again.
rule sample_list:
    input:
        groups=lambda w: E.groups(w.suite),
        index=lambda w: E.index(w.suite),
    output:
        E.sample_list("{suite}"),
    log:
        f"{E.results}/logs/sample/{{suite}}/list.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=E.resolved,
        models=lambda w: E.model_ids(w.suite),
        drawn=lambda w: E.sampling(w.suite),
        seed=CONFIG["seed"],
        data=subpath(input.index, parent=True),
    message:
        "listing the samples of {wildcards.suite}"
    shell:
        "acgan sample-list --config {params.config} --suite {wildcards.suite} "
        "--groups {input.groups} --data {params.data} --out {output} > {log} 2>&1"


# The scores of a suite follow from the tables that read them.
for job in MODEL_JOBS:

    rule:
        name:
            job.rule("score")
        input:
            samples=E.of_models(E.samples(job.suite), job.ids, SAMPLE_FILES[:1]),
            provenance=E.of_models(E.model(job.suite), job.ids, ["provenance.json"]),
            groups=E.groups(job.suite),
            index=E.index(job.suite),
            judge=lambda w, job=job: start.ask(E.weights, E.judge_of(job.suite)),
            classes=lambda w, job=job: start.ask(E.class_list, E.judge_of(job.suite)),
            features=E.score_features(job.suite),
            heldout=E.score_heldout(job.suite),
            code=E.code(code.of_scores(E.metrics(job.suite))),
        output:
            E.of_models(E.scores(job.suite), job.ids, [f"{m}.csv" for m in E.metrics(job.suite)]),
        log:
            f"{E.results}/logs/score/{job.suite}/{job.log}.log",
        group:
            "models"
        conda:
            ENVIRONMENT
        threads: E.threads(job.suite)
        params:
            config=E.resolved,
            metrics=E.metrics(job.suite),
            settings=E.score_settings(E.metrics(job.suite), job.suite),
            sides=E.accuracy_sides(job.suite),
            judge=E.asked_settings(job.suite),
            weights_option=lambda w, input: option("--judge-weights", input.judge),
            features_option=lambda w, input: option("--real-features", input.features),
            models=job.models,
            weights=lambda w, input: Path(input.provenance[0]).parents[2],
            samples=subpath(input[0], ancestor=3),
            data=subpath(input.index, parent=True),
            folder=subpath(output[0], ancestor=3),
        message:
            "scoring the samples of {params.models}"
        shell:
            "acgan score --config {params.config} --models {params.models} "
            "--metrics {params.metrics} --sides {params.sides} --weights {params.weights} "
            "--samples {params.samples} --groups {input.groups} --data {params.data} "
            "{params.weights_option} {params.features_option} --out {params.folder} > {log} 2>&1"


rule score_real:
    input:
        index=lambda w: E.index(w.suite),
        judge=lambda w: start.ask(E.weights, E.judge_of(w.suite)),
        classes=lambda w: start.ask(E.class_list, E.judge_of(w.suite)),
        code=E.code(code.of_scores(REAL_METRICS)),
    output:
        [E.real_score("{suite}", metric) for metric in REAL_METRICS],
    log:
        f"{E.results}/logs/score/real/{{suite}}.log",
    conda:
        ENVIRONMENT
    threads: lambda w: E.threads(w.suite)
    params:
        config=E.resolved,
        metrics=REAL_METRICS,
        settings=E.score_settings(REAL_METRICS),
        sides=lambda w: E.accuracy_sides(w.suite),
        judge=lambda w: E.asked_settings(w.suite),
        option=lambda w, input: option("--judge-weights", input.judge),
        per_class=lambda w: CONFIG["suites"][w.suite]["samples_per_class"],
        data=subpath(input.index, parent=True),
        folder=subpath(output[0], parent=True),
    message:
        "scoring the training images of {wildcards.suite}"
    shell:
        "acgan score-real --config {params.config} --suite {wildcards.suite} "
        "--metrics {params.metrics} --sides {params.sides} --data {params.data} {params.option} "
        "--out {params.folder} > {log} 2>&1"


# Apart from the others: what is added here scores no training images again.
rule score_real_judged:
    input:
        index=lambda w: E.index(w.suite),
        judge=lambda w: start.ask(E.weights, E.judge_of(w.suite)),
        classes=lambda w: start.ask(E.class_list, E.judge_of(w.suite)),
        code=E.code(code.of_scores(["judged"])),
    output:
        E.real_score("{suite}", "judged"),
    log:
        f"{E.results}/logs/score/real/{{suite}}_judged.log",
    conda:
        ENVIRONMENT
    threads: lambda w: E.threads(w.suite)
    params:
        config=E.resolved,
        settings=E.score_settings(["judged"]),
        judge=lambda w: E.asked_settings(w.suite),
        option=lambda w, input: option("--judge-weights", input.judge),
        per_class=lambda w: CONFIG["suites"][w.suite]["samples_per_class"],
        data=subpath(input.index, parent=True),
        folder=subpath(output[0], parent=True),
    message:
        "asking the judge what the training images of {wildcards.suite} show"
    shell:
        "acgan score-real --config {params.config} --suite {wildcards.suite} --metrics judged "
        "--data {params.data} {params.option} --out {params.folder} > {log} 2>&1"


# What the distance to the nearest training image is where nothing was learnt by heart.
rule score_heldout:
    input:
        index=lambda w: E.index(w.suite),
        heldout=lambda w: E.heldout_index(w.suite),
        code=E.code(code.of_scores(["neighbours"])),
    output:
        E.heldout_score("{suite}", "neighbours"),
    log:
        f"{E.results}/logs/score/real/{{suite}}_heldout.log",
    conda:
        ENVIRONMENT
    threads: lambda w: E.threads(w.suite)
    params:
        config=E.resolved,
        data=subpath(input.index, parent=True),
        heldout=subpath(input.heldout, parent=True),
        folder=subpath(output[0], parent=True),
    message:
        "seeking the training images nearest to held-out ones of {wildcards.suite}"
    shell:
        "acgan score-heldout --config {params.config} --suite {wildcards.suite} "
        "--data {params.data} --heldout {params.heldout} --out {params.folder} > {log} 2>&1"


rule real_features:
    input:
        index=lambda w: E.index(w.suite),
        judge=lambda w: start.ask(E.weights, E.judge_of(w.suite)),
    output:
        E.real_features("{suite}"),
    log:
        f"{E.results}/logs/score/real_features/{{suite}}.log",
    conda:
        ENVIRONMENT
    threads: lambda w: E.threads(w.suite)
    params:
        config=E.resolved,
        judge=lambda w: E.asked_settings(w.suite),
        option=lambda w, input: option("--judge-weights", input.judge),
        data=subpath(input.index, parent=True),
    message:
        "asking the judge for features of the training images of {wildcards.suite}"
    shell:
        "acgan real-features --config {params.config} --suite {wildcards.suite} "
        "--data {params.data} {params.option} --out {output} > {log} 2>&1"
