"""What PyBridge does in Python: streams, cells, error texts, the plot style, figures, array conversions.

Runs in a module of its own (`_replkit`) when the interpreter starts. It imports neither NumPy nor
matplotlib until somebody else has.
"""

import ast
import io
import linecache
import os
import sys
import traceback

import _replkit_native

SUPPORT_FILE = "<repl-kit support>"
DEBIAN_PACKAGES = ("matplotlib", "numpy", "scipy")


def start(own_interpreter):
    """Called once. `own_interpreter` is false inside a plain Python process, whose streams stay its own."""
    if own_interpreter:
        sys.stdout = _stream(1, "<stdout>", "strict")
        sys.stderr = _stream(2, "<stderr>", "backslashreplace")
        sys.argv = ["repl-kit"]
    sys.meta_path.insert(0, _PlotStyleFinder())
    if "matplotlib" in sys.modules and own_interpreter:
        apply_plot_style(sys.modules["matplotlib"])


# Streams


class _Descriptor(io.FileIO):
    """A file descriptor whose every write is complete, and comes after what Swift has printed."""

    def write(self, data):
        return _replkit_native.write(self.fileno(), data)


def _stream(descriptor, name, errors):
    try:
        raw = _Descriptor(descriptor, "w", closefd=False)
    except OSError:  # the descriptor is closed
        return None
    stream = io.TextIOWrapper(raw, encoding="utf-8", errors=errors, newline="\n", write_through=True)
    stream.mode = "w"
    raw.name = name
    return stream


# Cells


def _main():
    return sys.modules["__main__"].__dict__


def _remember_lines(source, file, first_line):
    """Lets tracebacks show the cell's text. The file's other lines come from earlier cells, or from the disk."""
    if file not in linecache.cache:
        linecache.lazycache(file, {})
        linecache.getlines(file)
    lines = list(linecache.cache[file][2]) if len(linecache.cache.get(file, ())) == 4 else []
    own = [line + "\n" for line in source.splitlines()]
    lines += ["\n"] * (first_line - 1 + len(own) - len(lines))
    lines[first_line - 1 : first_line - 1 + len(own)] = own
    # Without a modification time, linecache never goes back to the disk.
    linecache.cache[file] = (sum(map(len, lines)), None, lines, file)


def run(source, file, first_line):
    """Executes a cell in __main__; returns the value of its last expression, unless that ends in a semicolon."""
    _remember_lines(source, file, first_line)
    # Blank lines above give every position, those of syntax errors included, its line in the file.
    tree = ast.parse("\n" * (first_line - 1) + source, filename=file)
    names = _main()
    last = tree.body[-1] if tree.body else None
    result = None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    if tree.body:
        exec(compile(tree, file, "exec", dont_inherit=True), names)
    if isinstance(last, ast.Expr):
        result = eval(compile(ast.Expression(last.value), file, "eval", dont_inherit=True), names)
        if _ends_in_semicolon(source):
            result = None
    return result


def _ends_in_semicolon(source):
    import tokenize

    ignored = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT)
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in ignored:
            last = token.string
    return last == ";"


# Errors


def describe(error):
    """(type name, message, traceback, hint) of an exception, without this module's own frames."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = f"{kind.__module__}.{name}"
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be shown)"
    try:
        hint = _hint(error)
    except Exception:
        hint = ""
    report = traceback.TracebackException(kind, error, error.__traceback__)
    _drop_own_frames(report, set())
    if isinstance(error, SyntaxError) and error.filename is not None and not report.stack:
        text = "".join(report.format_exception_only())
    else:
        text = "".join(report.format())
    return tuple(_clean(part) for part in (name, message, text.rstrip("\n"), hint))


def _clean(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _drop_own_frames(report, seen):
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    report.stack = traceback.StackSummary.from_list(
        [frame for frame in report.stack if frame.filename not in (SUPPORT_FILE, ast.__file__)]
    )
    _drop_own_frames(report.__cause__, seen)
    _drop_own_frames(report.__context__, seen)


def _hint(error):
    if isinstance(error, ModuleNotFoundError) and error.name:
        package, _, rest = error.name.partition(".")
        if rest and is_installed(package):
            return f"{package} is installed but has no module {error.name}"
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        if package in DEBIAN_PACKAGES:
            return f"install {package} with: apt-get install python3-{package}"
        return f"install {package} for Python {version} with: {sys.executable} -m pip install {package}"
    if isinstance(error, (AttributeError, NameError)) and error.name:
        import difflib

        if isinstance(error, NameError):
            known = [*_main(), *dir(__builtins__)]
        else:
            known = dir(error.obj)
        near = difflib.get_close_matches(error.name, [n for n in known if isinstance(n, str)], n=1, cutoff=0.7)
        if near and near[0] != error.name:
            return f"did you mean {near[0]}?"
    return ""


class SwiftError(Exception):
    """An error that a Swift function threw while Python had called it."""


# Packages


def is_installed(package):
    import importlib.util

    try:
        return package in sys.modules or importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def package_version(package):
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


# Plot style

# Okabe and Ito's colours, which remain distinct with every kind of colour blindness; their yellow comes
# last because it is faint on white.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442"]

STYLE = {
    # Legible when a figure 12 inches wide is shown at half its size.
    "font.size": 14,
    "font.family": ["DejaVu Sans"],
    "axes.titlesize": 15,
    "axes.labelsize": 14,
    "xtick.labelsize": 13,
    "ytick.labelsize": 13,
    "legend.fontsize": 13,
    "figure.titlesize": 17,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "patch.linewidth": 1.0,
    "errorbar.capsize": 3,
    # Thin, quiet frames.
    "axes.linewidth": 0.8,
    "axes.edgecolor": "#444444",
    "axes.labelcolor": "#111111",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "xtick.labelcolor": "#111111",
    "ytick.labelcolor": "#111111",
    # A grid would be drawn over images; where it is wanted (axes.grid()) it lies below the lines.
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "axes.titlepad": 10,
    "axes.formatter.use_mathtext": True,
    "axes.formatter.limits": (-4, 5),
    "axes.unicode_minus": True,
    "legend.frameon": True,
    "legend.framealpha": 0.85,
    "legend.edgecolor": "none",
    "legend.fancybox": False,
    "image.cmap": "viridis",
    "figure.figsize": (8, 5),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.06,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.max_open_warning": 0,
    "savefig.dpi": 150,
    "savefig.facecolor": "white",
    # The same figure gives the same bytes, on every machine.
    "svg.hashsalt": "repl-kit",
    "svg.fonttype": "path",
    "text.usetex": False,
}


class _PlotStyleFinder:
    """Applies the plot style right after matplotlib's first import, whoever imports it."""

    def find_spec(self, name, path=None, target=None):
        if name != "matplotlib":
            return None
        import importlib.util

        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)
            return spec
        execute = spec.loader.exec_module

        def execute_and_style(module):
            # Agg needs no display, and what the environment asks for may.
            os.environ["MPLBACKEND"] = "Agg"
            execute(module)
            apply_plot_style(module)

        spec.loader.exec_module = execute_and_style
        return spec


def apply_plot_style(matplotlib):
    """Over matplotlib's defaults, not over a matplotlibrc that another machine does not have."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated settings are among the defaults
        dict.update(matplotlib.rcParams, matplotlib.rcParamsDefault)
    cycler = matplotlib.rcsetup.cycler
    matplotlib.rcParams.update(STYLE)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=COLOURS)
    matplotlib.use("Agg")
    # plt.show() is a habit, and harmless: the figure is shown when the cell ends.
    warnings.filterwarnings("ignore", message=".*non-GUI backend.*", category=UserWarning)
    warnings.filterwarnings("ignore", message=".*FigureCanvasAgg is non-interactive.*", category=UserWarning)


# Figures


def open_figures():
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return []
    managers = sorted(helpers.Gcf.get_all_fig_managers(), key=lambda manager: manager.num)
    return [manager.canvas.figure for manager in managers]


def close_figures(figures):
    """Closes the given figures; None closes all that are open."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    if figures is None:
        pyplot.close("all")
    else:
        for figure in figures:
            pyplot.close(figure)


def save_figure(figure, directory, name, dpi):
    """Writes name.png and name.svg: complete or not at all, and the same bytes for the same figure."""
    import matplotlib.figure

    if not isinstance(figure, matplotlib.figure.FigureBase):
        raise TypeError(f"figure: expected a matplotlib Figure, got {type(figure).__name__}")
    if not name or name.startswith(".") or "/" in name or "\0" in name:
        raise ValueError(f"name: expected a file name without folder or leading dot, got {name!r}")
    directory = os.path.abspath(directory)
    os.makedirs(directory, exist_ok=True)
    figure = figure.figure
    metadata = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    paths = []
    # Our salt and fonts even where a cell or style sheet has changed them: they make the bytes equal.
    fixed = {"svg.hashsalt": STYLE["svg.hashsalt"], "svg.fonttype": STYLE["svg.fonttype"]}
    with matplotlib.rc_context(fixed):
        for kind in ("png", "svg"):
            path = os.path.join(directory, f"{name}.{kind}")
            unfinished = os.path.join(directory, f".{name}.{os.getpid()}.{kind}.part")
            try:
                figure.savefig(unfinished, format=kind, dpi=dpi, metadata=metadata[kind])
                os.replace(unfinished, path)
            finally:
                if os.path.exists(unfinished):
                    os.unlink(unfinished)
            paths.append(path)
    return paths


# Arrays


def array(memory):
    """A NumPy array over an object that has the buffer protocol, without a copy."""
    import numpy

    return numpy.asarray(memory)


def contiguous(value, kind, dimensions):
    """`value` as a C-contiguous array of NumPy type `kind`, and why that needed a copy ('' if it did not)."""
    import numpy

    given = value if isinstance(value, numpy.ndarray) else numpy.asarray(value)
    if given.ndim != dimensions:
        raise ValueError(f"expected {dimensions} dimension{'s' * (dimensions != 1)}, got shape {given.shape}")
    wanted = numpy.dtype(kind)
    if given.dtype != wanted:
        # An integer must not lose its value unseen; a float may lose precision (float64 to float32).
        rule = "same_kind" if wanted.kind in "fc" else "safe"
        if given.size and not numpy.can_cast(given.dtype, wanted, casting=rule):
            raise TypeError(f"expected elements of type {wanted}, got {given.dtype}")
        reason = f"its elements are {given.dtype}, not {wanted}"
        return numpy.ascontiguousarray(given.astype(wanted)), reason
    if given is not value:
        return numpy.ascontiguousarray(given), f"it is a {type(value).__name__}, not an array"
    if not given.flags.c_contiguous:
        return numpy.ascontiguousarray(given), f"its elements lie {given.strides} bytes apart"
    if not given.flags.aligned:
        return given.copy(), "its elements are not aligned"
    return given, ""


def freeze(given):
    """Makes an array's memory safe to share with a Swift value, or says why it cannot be ('' if it can)."""
    if not given.flags.writeable:
        return "" if _is_read_only_to_the_root(given) else "its memory can be written through another array"
    if not given.flags.owndata:
        return "it is a writable view of another array"
    given.flags.writeable = False
    return ""


def _is_read_only_to_the_root(given):
    while given.base is not None and hasattr(given.base, "flags"):
        given = given.base
        if given.flags.writeable:
            return False
    return given.base is None or memoryview(given.base).readonly
