# One rule and one named target per item: `snakemake figure_04`. Then the report over all of them.
# update(): the last good files stay where a job fails. One file of each is not so marked: that it
# is missing tells the next run to make them again.


rule figures:
    input:
        [file for item in E.items for file in E.figure(item)],
    message:
        "figures and tables are there"


for item, entry in E.items.items():

    rule:
        name:
            item
        input:
            notebook=start.notebook(ROOT, item, entry.part),
            tables=E.figure_tables(item),
            sheets=E.figure_sheets(item),
            code=E.code(code.of_figures()),
        output:
            report(
                update(E.figure(item)[0]),
                caption="../report/figure.rst",
                category=f"Figures and tables {'of' if entry.part == 'paper' else 'beyond'} the paper",
                labels={"item": item.replace("_", " "), "title": entry.title},
            ),
            [update(file) for file in E.figure(item)[1:-1]],
            E.figure(item)[-1],
        log:
            f"{E.results}/logs/figure/{item}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=E.resolved,
            folder=subpath(output[0], parent=True),
            tables=lambda w: f"{E.results}/tables",
            failed=f"{E.results}/logs/figure/{item}.ipynb",
            title=entry.title,
            shown=E.figure_settings(item),
        message:
            "drawing {params.folder}: {params.title}"
        shell:
            "acgan figure --notebook {input.notebook:q} --config {params.config:q} "
            "--tables {params.tables:q} --out {params.folder:q} --failed {params.failed:q} "
            "> {log:q} 2>&1"


rule report:
    input:
        figures=[file for item in E.items for file in E.figure(item)],
        tables=E.page_tables,
        sheets=E.page_sheets,
        provenance=[E.every(E.model(suite), suite, "provenance.json") for suite in E.suites],
        timing=[E.every(E.model(suite), suite, "timing.csv") for suite in E.suites],
        code=E.code(code.of_report()),
    output:
        page=report(
            update(f"{E.results}/report/index.html"),
            caption="../report/report.rst",
            category="Report",
        ),
        summary=f"{E.results}/report/summary.json",
        metrics=update(f"{E.results}/metrics.json"),
    log:
        f"{E.results}/logs/report.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        config=E.resolved,
        shown=short_config(CONFIG),
        folder=subpath(output.page, parent=True),
        results=subpath(output.page, ancestor=2),
    message:
        "putting everything on one page: {output.page}"
    shell:
        "acgan report --config {params.config:q} --results {params.results:q} "
        "--out {params.folder:q} --metrics {output.metrics:q} > {log:q} 2>&1"
