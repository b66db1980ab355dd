"""What happens in a copy of the process: a fault is planted, and tests are run until one fails."""

import gc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
import traceback
import types

import pytest

FAILED, BROKEN = 1, 99
MEMORY = 6 << 30


def in_child(act, seconds):
    """What an act in a process of its own answers, which ends it; None where it took too long."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        errors = os.fdopen(os.dup(2), "w")
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1), os.dup2(sink, 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            os._exit(act())
        except BaseException:
            traceback.print_exc(file=errors)
            errors.flush()
            os._exit(BROKEN)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


class Verdicts:
    """Hears how each test went."""

    def __init__(self):
        self.bad = set()

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report):
        if not report.passed:
            self.bad.add(report.nodeid)


def run_items(items, before=lambda name: None, limits=None):
    """Processor seconds of each test that passes; with limits, the first that fails ends it all."""
    heard, took = Verdicts(), {}
    items[0].config.pluginmanager.register(heard)
    for item, following in zip(items, [*items[1:], None], strict=True):
        before(item.nodeid)
        signal.setitimer(signal.ITIMER_PROF, 6 * limits[item.nodeid] + 3 if limits else 0)
        began = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if limits and item.nodeid in heard.bad:
            os._exit(FAILED)
        took[item.nodeid] = time.process_time() - began
    signal.setitimer(signal.ITIMER_PROF, 0)
    return {name: seconds for name, seconds in took.items() if name not in heard.bad}


def plant(path, tree):
    """Give every living function of a module the code it has in a changed one."""
    found = _codes(compile(tree, str(path), "exec"))
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename == str(path):
            code = thing.__code__
            new = found.get((code.co_qualname, code.co_firstlineno))
            if new and new.co_freevars == code.co_freevars:
                thing.__code__ = new


def _codes(code):
    found = {}
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            found[part.co_qualname, part.co_firstlineno] = part
            found |= _codes(part)
    return found


class _Planted(importlib.machinery.SourceFileLoader):
    """Imports one module from a changed tree."""

    tree = None

    def get_code(self, fullname):
        return compile(self.tree, self.path, "exec")

    def find_spec(self, fullname, path=None, target=None):
        if fullname == self.name:
            return importlib.util.spec_from_file_location(fullname, self.path, loader=self)
        return None


def run_with_module(name, path, tree, options):
    """Import everything again around a changed module, and run tests: how that ended."""
    for module in list(sys.modules):
        if module.split(".")[0] in ("matching", "tests", "factories"):
            del sys.modules[module]
    loader = _Planted(name, str(path))
    loader.tree = tree
    sys.meta_path.insert(0, loader)
    return int(pytest.main(options))
