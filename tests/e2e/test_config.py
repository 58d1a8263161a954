"""Bad configuration: one clear line on stderr, a non-zero exit, and nothing was bound."""

import json
import os
import subprocess

from support.case import EndToEnd
from support.programs import ROOT, built


class BadConfig(EndToEnd):
    def refused(self, config, *words, args=(), env=None):
        """Both `weir run` and `weir check` refuse it, in one line that holds all the words."""
        text = config if isinstance(config, str) else json.dumps(config)
        path = os.path.join(self.dir, "bad.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        for command in ("run", "check"):
            ended = subprocess.run([built("weir"), command, "-c", path, *args], text=True,
                                   stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
                                   env={**self.clean_env(), **(env or {})}, check=False)
            self.assertGreater(ended.returncode, 0, command + ended.stderr)
            self.assertEqual(ended.stdout, "")
            self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
            self.assertNotIn("listening", ended.stderr)
            for word in words:
                self.assertIn(word, ended.stderr)

    @staticmethod
    def clean_env():
        return {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}

    def test_an_unknown_key_is_refused_with_the_nearest_known_one(self):
        self.refused({"output": {"tpye": "nats"}}, "output.tpye", "type")
        self.refused({"listener": []}, "listener", "listeners")

    def test_an_unknown_key_inside_a_list_is_named_by_its_path(self):
        self.refused({"listeners": [{"address": "127.0.0.1", "port": 0, "alow": []}]},
                     "listeners[0].alow", "allow")

    def test_a_wrong_type_names_the_key(self):
        self.refused({"workers": "many"}, "workers")
        self.refused({"listeners": [{"address": "127.0.0.1", "port": "0"}]}, "listeners[0].port")
        self.refused({"listeners": {}}, "listeners")
        self.refused({"nats": "nats://127.0.0.1"}, "nats")

    def test_a_value_out_of_bounds_names_the_key(self):
        self.refused({"listeners": [{"address": "127.0.0.1", "port": 65536}]}, "listeners[0].port")
        self.refused({"workers": -1}, "workers")

    def test_a_wrong_cidr_is_named(self):
        for cidr in ("10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/", "everyone"):
            self.refused({"listeners": [{"address": "127.0.0.1", "port": 0, "allow": [cidr]}]},
                         "listeners[0].allow", cidr)

    def test_a_malformed_nats_url_is_refused(self):
        for url in ("http://127.0.0.1:4222", "nats://", "nats://127.0.0.1:99999"):
            self.refused({"output": {"type": "nats"}, "nats": {"url": url}}, "nats.url")

    def test_a_syntax_error_names_file_and_line(self):
        self.refused('{\n  "workers": 1,\n  "output": {"type": "stdout",}\n}\n', "bad.json", "3")
        self.refused("", "bad.json")
        self.refused('{"workers": 1} trailing', "bad.json", "1")

    def test_a_key_given_twice_is_refused(self):
        self.refused('{"workers": 1, "workers": 2}', "workers")

    def test_an_unknown_enum_value_is_refused(self):
        self.refused({"output": {"type": "kafka"}}, "output.type", "kafka")

    def test_an_unknown_environment_variable_is_refused(self):
        self.refused({}, "WEIR_WORKER", "WEIR_WORKERS", env={"WEIR_WORKER": "2"})

    def test_an_unreadable_file_is_refused(self):
        missing = os.path.join(self.dir, "absent.json")
        ended = subprocess.run([built("weir"), "-c", missing], text=True, capture_output=True,
                               stdin=subprocess.DEVNULL, timeout=30, check=False,
                               env=self.clean_env())
        self.assertGreater(ended.returncode, 0)
        self.assertIn("absent.json", ended.stderr)
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)


class CommandLine(EndToEnd):
    def run_weir(self, *args, given=None):
        return subprocess.run([built("weir"), *args], text=True, capture_output=True, timeout=30,
                              input=given or "", env=BadConfig.clean_env(), check=False)

    def test_help_and_version_go_to_stdout_and_succeed(self):
        for option in ("--help", "-h"):
            ended = self.run_weir(option)
            self.assertEqual((ended.returncode, ended.stderr), (0, ""))
            for word in ("--config", "--listen", "--output", "check", "decode"):
                self.assertIn(word, ended.stdout)
        version = self.run_weir("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^weir \d+\.\d+\.\d+")

    def test_an_unknown_option_or_command_is_a_usage_error(self):
        for args in (("--nonsense",), ("frobnicate",), ("-l",), ("-l", "127.0.0.1"),
                     ("-l", "127.0.0.1:http"), ("-o", "kafka"), ("-j", "x")):
            ended = self.run_weir(*args)
            self.assertGreater(ended.returncode, 0, args)
            self.assertTrue(ended.stderr.strip(), args)
            self.assertEqual(ended.stdout, "", args)

    def test_check_accepts_the_example_of_the_readme(self):
        config = {"listeners": [{"address": "0.0.0.0", "port": 2055, "allow": ["10.0.0.0/8"]}],
                  "output": {"type": "nats", "format": "json", "subject": "flows.raw.{family}"},
                  "nats": {"url": "nats://127.0.0.1:4222"},
                  "http": {"address": "127.0.0.1", "port": 9985},
                  "template_store": {"backend": "none"}, "workers": 0}
        path = os.path.join(self.dir, "good.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(config, f)
        ended = self.run_weir("check", "-c", path)
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_config_prints_what_config_accepts(self):
        first = self.run_weir("config")
        self.assertEqual(first.returncode, 0, first.stderr)
        ports = [listener["port"] for listener in json.loads(first.stdout)["listeners"]]
        self.assertEqual(ports, [2055, 4739, 6343])
        again = self.run_weir("config", "-c", "-", given=first.stdout)
        self.assertEqual((again.returncode, again.stdout), (0, first.stdout), again.stderr)

    def test_the_environment_comes_after_the_file_and_before_the_command_line(self):
        def workers(*args, **env):
            ended = subprocess.run([built("weir"), "config", "-c", "-", *args], text=True,
                                   input='{"workers": 1}', capture_output=True, timeout=30,
                                   env={**BadConfig.clean_env(), **env}, check=True)
            return json.loads(ended.stdout)["workers"]
        self.assertEqual(workers(), 1)
        self.assertEqual(workers(WEIR_WORKERS="2"), 2)
        self.assertEqual(workers("-j", "3", WEIR_WORKERS="2"), 3)
