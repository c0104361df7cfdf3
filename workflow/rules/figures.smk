# One rule and one named target per item: `snakemake figure_04`. Then the report over all of them.

FIGURE_FILES = ["figure.svg", "figure.png", "figure.pdf", "data.csv", "item.json", "notebook.ipynb", "notebook.html"]


rule figures:
    input:
        [f"{RESULTS}/figures/{item}/figure.png" for item in ITEMS],


for item, entry in ITEMS.items():

    rule:
        name:
            item
        input:
            notebook=NOTEBOOKS / f"{item}.py",
            tables=[f"{RESULTS}/tables/{t}.csv" for t in (*entry.tables, *entry.sheets)],
            sheets=[path for s in entry.sheets for path in SHEET_FILES[s]],
            code=[SOURCE / m for m in ("figure.py", "drawing.py", "compare.py", "paper_numbers.yaml")],
        output:
            report(
                f"{RESULTS}/figures/{item}/figure.svg",
                caption="../report/figure.rst",
                category="Figures and tables of the paper",
                labels={"item": item.replace("_", " "), "title": entry.title},
            ),
            [f"{RESULTS}/figures/{item}/{f}" for f in FIGURE_FILES[1:]],
        params:
            tables=f"{RESULTS}/tables",
            folder=f"{RESULTS}/figures/{item}",
            title=entry.title,
            shown=[CONFIG["title"], CONFIG["datasets"], CONFIG["suites"], CONFIG["scores"]],
        log:
            f"{RESULTS}/logs/figure/{item}.log",
        conda:
            ENVIRONMENT
        message:
            "drawing {params.folder}: {params.title}"
        shell:
            "acgan figure --notebook {input.notebook} --config {RESOLVED} --tables {params.tables} "
            "--out {params.folder} 2>&1 | tee -i {log}"


rule report:
    input:
        figures=[f"{RESULTS}/figures/{item}/item.json" for item in ITEMS],
        tables=[f"{RESULTS}/tables/{t}.csv" for t in ("training", "judges")],
        provenance=[per_model(suite, f"{MODEL}/provenance.json") for suite in SUITES],
        timing=[per_model(suite, f"{MODEL}/timing.csv") for suite in SUITES],
        code=sorted((SOURCE / "report").glob("*.*")),
    output:
        report(
            f"{RESULTS}/report/index.html",
            caption="../report/report.rst",
            category="Report",
        ),
        f"{RESULTS}/report/summary.json",
        f"{RESULTS}/metrics.json",
    params:
        results=RESULTS,
        folder=f"{RESULTS}/report",
        config=CONFIG,
    log:
        f"{RESULTS}/logs/report.log",
    conda:
        ENVIRONMENT
    message:
        "putting everything on one page: {output[0]}"
    shell:
        "acgan report --config {RESOLVED} --results {params.results} --out {params.folder} --metrics {output[2]} "
        "2>&1 | tee -i {log}"
