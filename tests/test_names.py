"""That the names of tests do not depend on the clock or on the order of sets.

Workers that collect in two different seconds would refuse to run otherwise.
"""

import os
import subprocess
import sys

COLLECT_LATER = """
import sys, pytest, time_machine
with time_machine.travel("2031-02-03T04:05:06Z"):
    sys.exit(pytest.main("--collect-only -q -p no:cacheprovider -W ignore::pytest.PytestAssertRewriteWarning".split()))
"""


def test_the_names_of_tests_are_the_same_at_any_time(request):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    later = subprocess.run(
        [sys.executable, "-c", COLLECT_LATER],
        cwd=request.config.rootpath,
        env=environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert later.returncode == 0, later.stdout + later.stderr
    assert {item.nodeid for item in request.session.items} - set(later.stdout.splitlines()) == set()
