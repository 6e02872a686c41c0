"""Every exported entry point of repl-kit's Core, compiled from Swift.

One sub-module a field: ``swiftcore.mathematics``, ``swiftcore.statistics``, ``swiftcore.science`` and so on.

>>> import swiftcore
>>> swiftcore.mathematics.quantile([1, 2, 3, 4], 0.5)
2.5

Arrays come in through the buffer protocol (NumPy arrays of the right element type and in row-major order without a
copy) and go out as NumPy arrays, or as memoryviews where NumPy is not installed. Whatever draws random numbers takes
an explicit ``seed``. What Swift throws is a ``swiftcore.Error``, and a ``ValueError`` where an argument is to blame.
"""

import collections
import sys
import types


class Error(Exception):
    """What a Swift function throws; its subclasses are named as the Swift error types."""

    __module__ = "swiftcore"


def _missing_library(error):
    """What to do about a library that the extension needs and the loader does not find; None for other errors."""
    text = str(error)
    if "cannot open shared object file" not in text:
        return None
    library = text.split(":")[0].strip()
    if library.startswith(("libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime")):
        remedy = (
            "it belongs to the Swift runtime: install the Swift toolchain that built swiftcore at the same place, or "
            "name the folder of its runtime (usr/lib/swift/linux) in LD_LIBRARY_PATH, or build swiftcore again with "
            "pip install ."
        )
    elif library.startswith(("libopenblas", "liblapack")):
        remedy = "install it with: apt-get install libopenblas0 liblapacke"
    else:
        remedy = "it should be part of the package: build swiftcore again with pip install ."
    return f"swiftcore needs {library}, which is not found: {remedy}"


def _load():
    try:
        from . import _native
    except ImportError as error:
        message = _missing_library(error)
        if message is None:
            raise
        raise ImportError(message) from error
    return _native


def _exception(name, documentation, is_value_error, names):
    """The exception of a Swift error type, and its form for a bad argument, which is a ValueError too."""
    namespace = {"__doc__": documentation, "__module__": "swiftcore"}
    bases = (Error, ValueError) if is_value_error else (Error,)
    general = type(name, bases, dict(namespace))
    names[name] = general
    if is_value_error:
        return general, general
    # The same name: whoever catches it by either base need not know that there are two.
    return general, type(name, (general, ValueError), dict(namespace))


def _tuple(module, name, documentation, fields):
    made = collections.namedtuple(name, fields, module=f"swiftcore.{module}")
    made.__doc__ = documentation
    return made


def _make(names):
    """Fills the package, and makes its sub-modules, from what the compiled part defines."""
    native = _load()
    functions, tuples, exceptions = native.definitions()
    modules = {}

    def module(name):
        if name not in modules:
            made = types.ModuleType(f"swiftcore.{name}")
            made.__doc__ = f"The exported entry points of Core's module {name.title().replace('_', '')}."
            made.__all__ = []
            modules[name] = names[name] = sys.modules[made.__name__] = made
        return modules[name]

    native.set_exceptions(Error, [_exception(*each, names) for each in exceptions])
    types_of_results = []
    for home, name, documentation, fields in tuples:
        made = _tuple(home, name, documentation, fields)
        types_of_results.append(made)
        setattr(module(home), name, made)
        module(home).__all__.append(name)
    native.set_tuples(types_of_results)
    for index, (home, name) in enumerate(functions):
        setattr(module(home), name, native.function(index, module(home)))
        module(home).__all__.append(name)
    names["__all__"] = ["Error", *(each[0] for each in exceptions), *sorted(modules)]


_make(globals())
