# Tables and sheets of thumbnails: all that figures read.


rule tables:
    input:
        [E.table(w) for w in E.tables],
        [E.sheet(w)[0] for w in E.sheets],
    message:
        "tables and sheets are there"


# Apart from the tables, so that whoever wants those need not fetch it.
rule album_full_size:
    input:
        [E.sheet(w)[0] for w in E.albums],
    message:
        "the album is there"


for table in E.tables:

    rule:
        name:
            jobs.table_rule(table)
        input:
            files=E.table_inputs(table),
            index=E.index(table.suite),
            code=E.code(code.of_table(table.name)),
        output:
            E.table(table),
        log:
            f"{E.results}/logs/table/{jobs.table_rule(table)}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=E.resolved,
            name=table.name,
            suite=option("--suite", table.suite),
            data=subpath(input.index, parent=True),
            settings=E.table_settings(table),
        message:
            "merging scores into {output}"
        shell:
            "acgan table {params.name} {params.suite} --config {params.config:q} "
            "--data {params.data:q} --out {output:q} --inputs {input.files:q} > {log:q} 2>&1"


for sheet in E.sheets + E.albums:

    rule:
        name:
            jobs.sheet_rule(sheet)
        input:
            files=E.sheet_inputs(sheet),
            index=E.index(sheet.suite),
            code=E.code(code.of_sheet(sheet.name)),
        output:
            csv=E.sheet(sheet)[0],
            sheets=E.sheet(sheet)[1:],
        log:
            f"{E.results}/logs/sheet/{jobs.sheet_rule(sheet)}.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            config=E.resolved,
            name=sheet.name,
            suite=sheet.suite,
            data=subpath(input.index, parent=True),
            real_photos=CONFIG["report"]["real_photos"],
        message:
            "putting pictures on {output.sheets}"
        shell:
            "acgan sheet {params.name} --suite {params.suite} --config {params.config:q} "
            "--data {params.data:q} --out {output.csv:q} --sheets {output.sheets:q} "
            "--inputs {input.files:q} > {log:q} 2>&1"
