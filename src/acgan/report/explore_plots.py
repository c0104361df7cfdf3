"""Figures 2 (right), 4 and 6 to explore: three plots of the same classes, so that what is chosen in
one is chosen in all. Drawn by Bokeh in the browser from explore/data.js.

Bokeh, since it needs no network, draws thousands of points on a canvas, links choices, and calls a
script of ours when a point is hovered over or clicked; its package is 28 MB, where Vega's bundle
comes with 95.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from acgan.io.files import write_text

AXES = {  # of the plots: what is on them, and in words
    "figure_02": (
        ("accuracy", "accuracy at the own resolution"),
        ("quarter", "accuracy at a quarter of it"),
    ),
    "figure_04": (("real", "MS-SSIM of training images"), ("ms_ssim", "MS-SSIM of samples")),
    "figure_06": (("ms_ssim", "MS-SSIM of samples"), ("accuracy", "accuracy")),
}
COLUMNS = ("accuracy", "quarter", "real", "ms_ssim", "colour")


def write(folder: Path) -> None:
    """Bokeh's own script, and the three plots without their points."""
    import bokeh

    static = Path(bokeh.__file__).parent / "server/static/js"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(static / "bokeh.min.js", folder / "bokeh.js")
    content = renumbered(json.dumps(plots(), separators=(",", ":")))
    write_text(folder / "plots.js", f"window.acganPlots={content};\n")


def renumbered(text: str) -> str:
    """Bokeh numbers its models through a whole process; here they are numbered from 1."""
    ids = dict.fromkeys(re.findall(r'"p\d+"', text))
    new = {old: f'"p{number}"' for number, old in enumerate(ids, 1)}
    return re.sub(r'"p\d+"', lambda found: new[found[0]], text)


def plots() -> dict[str, Any]:
    """What Bokeh.embed.embed_items takes: the document, and which plot goes where."""
    from bokeh.document import Document
    from bokeh.models import ColumnDataSource, CustomJS, TapTool
    from bokeh.models.annotations import Slope, Span
    from bokeh.models.ranges import Range1d
    from bokeh.models.tools import HoverTool
    from bokeh.plotting import figure

    source = ColumnDataSource({c: [] for c in COLUMNS}, name="points")
    document, roots = Document(), {}
    for name, ((x, x_label), (y, y_label)) in AXES.items():
        plot: Any = figure(
            x_axis_label=x_label,
            y_axis_label=y_label,
            tools="pan,wheel_zoom,box_zoom,box_select,lasso_select,reset,save",
            active_drag="box_zoom",
            toolbar_location="above",
            x_range=Range1d(start=0, end=1),  # until the points are there
            y_range=Range1d(start=0, end=1),
            sizing_mode="stretch_width",
            height=360,
            name=name,
        )
        plot.toolbar.logo = None
        points = plot.scatter(
            x,
            y,
            source=source,
            size=9,
            fill_color="colour",
            line_color="white",
            line_width=0.5,
            fill_alpha=0.75,
            nonselection_fill_alpha=0.08,
            nonselection_line_alpha=0.1,
            hover_line_color="black",
        )
        if name == "figure_06":
            plot.add_layout(Span(dimension="height", line_dash="dashed", name="threshold_x"))
        else:
            plot.add_layout(Slope(gradient=1, y_intercept=0, line_color="#9aa4b0"))
        if name == "figure_04":
            plot.add_layout(Span(dimension="width", line_dash="dashed", name="threshold_y"))
        hovered = CustomJS(code="window.explorer.hovered(cb_data.index.indices, cb_data.geometry)")
        clicked = CustomJS(code="window.explorer.clicked(cb_data.source.inspected.indices)")
        plot.add_tools(
            HoverTool(tooltips=None, callback=hovered, renderers=[points]),
            TapTool(behavior="inspect", callback=clicked, renderers=[points]),
        )
        document.add_root(plot)
        roots[plot.id] = name
    item = {"docid": "explorer", "roots": roots, "root_ids": list(roots)}
    return {"documents": {"explorer": document.to_json(deferred=False)}, "items": [item]}
