"""Runs the functions of a module whose names begin with check_, and prints a line of JSON for each."""

import importlib
import json
import sys
import traceback


def main(module_name):
    module = importlib.import_module(module_name)
    for name, check in list(vars(module).items()):
        if not name.startswith("check_"):
            continue
        try:
            check()
            told = None
        except Exception:
            told = traceback.format_exc(limit=-3)
        print(json.dumps({"check": name, "failure": told}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
