"""Names that matplotlib's own font cannot write get a font of the system; others keep theirs."""

import io
import warnings

import matplotlib as mpl
import pytest
from fontTools.fontBuilder import FontBuilder
from matplotlib import font_manager
from matplotlib.figure import Figure

from acgan.figures.drawing import Drawing
from acgan.io.files import write_csv

CJK = "猫の고"


@pytest.fixture(autouse=True)
def own_fonts(monkeypatch):
    """Neither fonts nor settings of a test outlive it."""
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*font_manager.fontManager.ttflist])
    with mpl.rc_context():
        yield


def font(path, family: str, characters: str, style: str = "Regular") -> str:
    """A font with a square for each of some characters."""
    builder = FontBuilder(1000)
    glyphs = {c: f"u{ord(c):X}" for c in characters}
    builder.setupGlyphOrder([".notdef", *glyphs.values()])
    builder.setupCharacterMap({ord(c): name for c, name in glyphs.items()})
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    shape = pen.glyph()
    builder.setupGlyf(dict.fromkeys([".notdef", *glyphs.values()], shape))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *glyphs.values()], (900, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style})
    builder.setupOS2(sTypoAscender=800)
    builder.setupPost()
    builder.save(path)
    return str(path)


def drawing_of(folder, name: str) -> Drawing:
    write_csv(folder / "s/names.csv", ("class", "name"), [("0", name), ("1", "")])
    (folder / "config.json").write_text('{"roles": {"large": "s"}, "suites": {"s": {}}}')
    drawing = Drawing("figure_04", str(folder / "config.json"), str(folder), str(folder))
    drawing.table("names")
    return drawing


def test_a_font_of_the_system_writes_what_matplotlibs_own_cannot(tmp_path, monkeypatch, capsys):
    fonts = [
        font(tmp_path / "a.ttf", "One Sign", CJK[0]),
        font(tmp_path / "b.ttf", "Heavy", CJK, "Bold"),
        font(tmp_path / "c.ttf", "All Signs", CJK),
        str(tmp_path / "none.ttf"),
    ]
    (tmp_path / "none.ttf").write_text("no font at all")
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: fonts)
    drawing_of(tmp_path, f"{CJK} and cat")
    assert mpl.rcParams["font.family"] == ["DejaVu Sans", "All Signs"]
    said = capsys.readouterr().out
    assert f"the font All Signs ({tmp_path}/c.ttf) writes" in said and CJK[0] in said
    figure = Figure()
    figure.suptitle(f"{CJK} and cat")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph 29483 missing from font(s)"
        for kind in ("png", "svg", "pdf"):
            figure.savefig(saved := io.BytesIO(), format=kind)
            assert kind != "svg" or "'All Signs'" in saved.getvalue().decode()


def test_latin_names_keep_matplotlibs_own_font(tmp_path, monkeypatch):
    """So their figures keep their bytes, whatever fonts a system has, and no font is looked for."""
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: pytest.fail("looked for"))
    drawing_of(tmp_path, "crème brûlée, Ångström ½ $5 Ελλάδα")
    assert mpl.rcParams["font.family"] == ["DejaVu Sans"]


def test_what_no_font_can_write_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    drawing_of(tmp_path, CJK)
    said = capsys.readouterr().out
    assert "no font of this system writes" in said and "fonts-noto-cjk" in said
