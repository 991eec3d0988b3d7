/**
 * Runs one module of grains by the rules of Salt's loader, without Salt: it is handed to `python3` on standard input
 * together with the job, and reports as `runner-report.ts` reads it.
 */
export const pythonRunner = String.raw`
import base64, datetime, functools, importlib.util, inspect, json, logging, os, subprocess, sys, traceback, types

sys.dont_write_bytecode = True
pipe = os.fdopen(os.dup(1), "wb")
mark = job["mark"]


def report(kind, **members):
    sys.stdout.flush()
    text = json.dumps(dict(members, kind=kind))
    pipe.write(("\n" + mark + text + "\n").encode())
    pipe.flush()


class Unfit(Exception):
    pass


def encode(value):
    if value is None or isinstance(value, (bool, str)):
        return value if isinstance(value, bool) or value is None else str(value).encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return int(value) if abs(value) < 2**53 else {"i": str(int(value))}
    if isinstance(value, float):
        return {"f": repr(float(value))}
    if isinstance(value, (bytes, bytearray)):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return {"b": base64.b64encode(bytes(value)).decode()}
    if hasattr(value, "items") and hasattr(value, "keys"):
        return {"d": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, (set, frozenset)):
        return [encode(item) for item in sorted(value, key=str)]
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y%m%dT%H:%M:%S.%f")
    raise Unfit(type(value).__name__)


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    (tag, content), = value.items()
    if tag == "d":
        return {decode(key): decode(item) for key, item in content}
    return {"i": int, "f": float, "b": base64.b64decode}[tag](content)


def line_of(error, folder):
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(folder):
        lines.append(error.lineno)
    return {"line": lines[-1]} if lines and lines[-1] else {}


class Records(logging.Handler):
    def emit(self, record):
        levels = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"))
        level = next((name for number, name in levels if record.levelno >= number), "debug")
        report("log", level=level, line=record.lineno, message=record.getMessage())


class Table(dict):
    def __missing__(self, name):
        raise KeyError("%s is not there for modules of grains" % (name,))


def run(cmd, cwd=None, env=None, timeout=None, python_shell=True, ignore_retcode=False, stderr=subprocess.STDOUT):
    words = cmd if isinstance(cmd, (list, tuple)) else cmd if python_shell else __import__("shlex").split(cmd)
    done = subprocess.run(
        words, shell=isinstance(words, str), cwd=cwd, env=dict(os.environ, **(env or {})), timeout=timeout,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, universal_newlines=True,
    )
    return done.returncode, done.stdout.rstrip("\n"), (done.stderr or "").rstrip("\n")


def run_all(cmd, **options):
    retcode, stdout, stderr = run(cmd, stderr=subprocess.PIPE, **options)
    return {"pid": None, "retcode": retcode, "stdout": stdout, "stderr": stderr}


class Missing:
    """Stands for a thing of Salt's libraries that is not there: whoever uses it is told its name."""

    def __init__(self, name):
        self.missing = name

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Missing(self.missing + "." + attribute)

    def __call__(self, *given, **named):
        raise ImportError("%s is one of Salt's libraries, which are not there" % self.missing)


def text_of(value, *codec):
    return value.decode(*codec) if isinstance(value, (bytes, bytearray)) else value


def equivalents():
    which = __import__("shutil").which
    platforms = "aix darwin freebsd fedora netbsd openbsd proxy smartos smartos_globalzone sunos windows".split()
    plain = dict({"is_" + name: lambda: False for name in platforms}, is_linux=lambda: True, which=which, fopen=open)
    return {
        "salt.utils": plain,
        "salt.utils.platform": plain,
        "salt.utils.path": {"which": which, "which_bin": lambda names: next(filter(None, map(which, names)), None)},
        "salt.utils.files": {"fopen": open},
        "salt.utils.json": {name: getattr(json, name) for name in ("load", "loads", "dump", "dumps")},
        "salt.utils.stringutils": {"to_unicode": text_of, "to_str": text_of,
                                   "to_bytes": lambda value, *codec: value.encode(*codec) if isinstance(value, str) else value},
        "salt.modules.file": {"directory_exists": os.path.isdir, "file_exists": os.path.isfile},
        "salt.modules.cmdmod": {
            "run": lambda cmd, **given: run(cmd, **given)[1], "_run_quiet": lambda cmd, **given: run(cmd, **given)[1],
            "run_stdout": lambda cmd, **given: run_all(cmd, **given)["stdout"],
            "run_all": run_all, "_run_all_quiet": run_all, "retcode": lambda cmd, **given: run(cmd, **given)[0],
        },
    }


class StandIn(types.ModuleType):
    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        name = self.__name__ + "." + attribute
        if self.__name__ == "salt.exceptions":
            return type(attribute, (Exception,), {})
        return Missing(name)


class StandIns:
    """Finds modules of Salt for who imports them, where the real ones are not installed."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "salt" or name.startswith("salt.loaded"):
            return None
        return importlib.util.spec_from_loader(name, self, is_package=True)

    def create_module(self, spec):
        module = StandIn(spec.name)
        module.__dict__.update(equivalents().get(spec.name, {}))
        return module

    def exec_module(self, module):
        pass


def traverse(data, key, default=None, delimiter=":"):
    for part in key.split(delimiter):
        if not isinstance(data, dict) or part not in data:
            return default
        data = data[part]
    return data


def functions(grains, options):
    which = __import__("shutil").which
    return Table({
        "cmd.run": lambda cmd, **given: run(cmd, **given)[1],
        "cmd.run_stdout": lambda cmd, **given: run_all(cmd, **given)["stdout"],
        "cmd.run_stderr": lambda cmd, **given: run_all(cmd, **given)["stderr"],
        "cmd.run_all": run_all,
        "cmd.retcode": lambda cmd, **given: run(cmd, **given)[0],
        "cmd.which": which,
        "cmd.has_exec": lambda cmd: which(cmd) is not None,
        "config.get": lambda key, default="", delimiter=":": traverse(options, key, default, delimiter),
        "config.option": lambda key, default="": options.get(key, default),
        "environ.get": lambda key, default="": os.environ.get(key, default),
        "file.directory_exists": os.path.isdir,
        "file.file_exists": os.path.isfile,
        "grains.get": lambda key, default="", delimiter=":": traverse(grains, key, default, delimiter),
    })


def load(path, name):
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=[os.path.dirname(path)] if job["package"] else None
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(job["folder"])
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(job["folder"])
    return module


def refusal(module):
    virtual = getattr(module, "__virtual__", None)
    if not inspect.isfunction(virtual):
        return None
    answer = virtual()
    reason = ""
    if isinstance(answer, tuple):
        answer, reason = answer[0], answer[1]
    return None if answer else "__virtual__ gave %r %s" % (answer, reason)


def public(module):
    chosen = getattr(module, "__load__", getattr(module, "__all__", None))
    for attribute in dir(module) if chosen is None else chosen:
        found = getattr(module, attribute)
        if attribute.startswith("_") or not (inspect.isfunction(found) or isinstance(found, functools.partial)):
            continue
        if str(found.__module__).startswith("salt.loaded"):
            yield attribute, found


def call(attribute, function, grains):
    report("calls", function=attribute)
    parameters = inspect.signature(function).parameters
    given = {"proxy": None} if "proxy" in parameters else {}
    if "grains" in parameters:
        given["grains"] = grains
    told = function(**given)
    if inspect.iscoroutine(told):
        told.close()
    if not isinstance(told, dict):
        report("log", level="debug", line=function.__code__.co_firstlineno if hasattr(function, "__code__") else 0,
               message="%s gave no mapping but %s" % (attribute, type(told).__name__))
        return
    fit = []
    for key, value in told.items():
        try:
            fit.append([encode(key), encode(value)])
            grains[key] = value
        except Unfit as unfit:
            report("failed", function=attribute, message="the grain %s is a %s, which no grain can be" % (key, unfit))
    report("grains", function=attribute, value={"d": fit})


def main():
    logging.getLogger().addHandler(Records())
    logging.getLogger().setLevel(logging.DEBUG)
    folder = os.path.join(job["folder"], "")
    grains, options = decode(job["grains"]), decode(job["options"])
    name = "salt.loaded.ext.grains." + job["name"]
    if importlib.util.find_spec("salt") is None:
        sys.meta_path.append(StandIns())
    try:
        module = load(job["file"], name)
        module.__opts__ = dict(getattr(module, "__opts__", None) or {}, **options)
        module.__grains__ = options.get("grains") or {}
        module.__pillar__, module.__context__ = {}, {}
        module.__utils__ = Table()
        if not hasattr(module, "__salt__"):
            module.__salt__ = functions(grains, options)
        if inspect.isfunction(getattr(module, "__init__", None)):
            module.__init__(options)
        reason = refusal(module)
        if reason is not None:
            report("skipped", message=reason.strip())
        names = [] if reason is not None else list(public(module))
    except BaseException as error:
        names = []
        report("failed", message="%s: %s" % (type(error).__name__, error), **line_of(error, folder))
    for attribute, function in names:
        try:
            call(attribute, function, grains)
        except BaseException as error:
            report("failed", function=attribute, message="%s: %s" % (type(error).__name__, error), **line_of(error, folder))
    report("done")


main()
# What the module left running must not keep this process.
sys.stdout.flush()
os._exit(0)
`;

/** The program `python3` is started with: it reads the job and what is to be done with it. */
export const pythonStart =
  'import json, sys; job = json.load(sys.stdin); exec(compile(job["runner"], "grain-runner", "exec"), {"job": job})';
