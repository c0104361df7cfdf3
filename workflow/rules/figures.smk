# One rule and one named target per item: `snakemake figure_04`. Then the report over all of them.
# update(): the last good files stay where a job fails. One file of each is not so marked: that it is
# missing tells the next run to make them again.


rule figures:
    input:
        [f"{RESULTS}/figures/{item}/{f}" for item in ITEMS for f in FILES],
    message:
        "figures and tables are there"


for item, entry in ITEMS.items():

    rule:
        name:
            item
        input:
            notebook=NOTEBOOKS / f"{item}.py",
            tables=[f"{RESULTS}/tables/{t}.csv" for t in (*entry.tables, *entry.sheets)],
            sheets=[path for s in entry.sheets for path in SHEET_FILES[s]],
            code=code("figures"),
        output:
            report(
                update(f"{RESULTS}/figures/{item}/figure.svg"),
                caption="../report/figure.rst",
                category="Figures and tables of the paper",
                labels={"item": item.replace("_", " "), "title": entry.title},
            ),
            [update(f"{RESULTS}/figures/{item}/{f}") for f in FILES[1:-1]],
            f"{RESULTS}/figures/{item}/{FILES[-1]}",
        log:
            f"{RESULTS}/logs/figure/{item}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=RESOLVED,
            folder=subpath(output[0], parent=True),
            tables=lambda w: f"{RESULTS}/tables",
            failed=f"{RESULTS}/logs/figure/{item}.ipynb",
            title=entry.title,
            shown=[
                {d: CONFIG["datasets"][d] for d in datasets_of(entry)},
                CONFIG["scores"],
                {PARTS[p]: CONFIG["suites"][PARTS[p]] for p in entry.needs},
            ],
        message:
            "drawing {params.folder}: {params.title}"
        shell:
            "acgan figure --notebook {input.notebook:q} --config {params.config:q} --tables {params.tables:q} "
            "--out {params.folder:q} --failed {params.failed:q} > {log:q} 2>&1"


rule report:
    input:
        figures=[f"{RESULTS}/figures/{item}/{f}" for item in ITEMS for f in FILES],
        tables=[f"{RESULTS}/tables/{t}.csv" for t in REPORT_TABLES],
        provenance=[per_model(suite, f"{MODEL}/provenance.json") for suite in SUITES],
        timing=[per_model(suite, f"{MODEL}/timing.csv") for suite in SUITES],
        code=code("report"),
    output:
        page=report(
            update(f"{RESULTS}/report/index.html"),
            caption="../report/report.rst",
            category="Report",
        ),
        summary=f"{RESULTS}/report/summary.json",
        metrics=update(f"{RESULTS}/metrics.json"),
    log:
        f"{RESULTS}/logs/report.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=RESOLVED,
        shown=CONFIG,
        folder=subpath(output.page, parent=True),
        results=subpath(output.page, ancestor=2),
    message:
        "putting everything on one page: {output.page}"
    shell:
        "acgan report --config {params.config:q} --results {params.results:q} --out {params.folder:q} "
        "--metrics {output.metrics:q} > {log:q} 2>&1"
