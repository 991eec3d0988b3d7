"""Renders shapes of templates with Jinja2, set up as Salt sets it up; standard input and output are JSON."""
import json
import sys
import time

import jinja2


def environment(files):
    return jinja2.Environment(
        loader=jinja2.DictLoader(files),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )


def timed(work, rounds):
    times = []
    used = time.process_time()
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return {"times": times, "processor": (time.process_time() - used) * 1000 / rounds}


def measure(shape):
    rounds = shape["rounds"]
    variables = dict(shape["variables"], salt={"pillar.get": lambda name, default: default})
    kept = environment(shape["files"])

    def cold():
        return environment(shape["files"]).get_template(shape["main"]).render(variables)

    def warm():
        return kept.get_template(shape["main"]).render(variables)

    for _ in range(rounds["warm"]):
        text = warm()
    return {"text": text, "cold": timed(cold, rounds["cold"]), "warm": timed(warm, rounds["warm"])}


request = json.load(sys.stdin)
answers = [measure(shape) for shape in request["shapes"]]
json.dump({"version": jinja2.__version__, "answers": answers}, sys.stdout)
