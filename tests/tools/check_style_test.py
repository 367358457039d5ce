#!/usr/bin/python3
"""Tests of what tools/check_style says of names that two sources of a folder both keep to themselves."""
import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools" / "check_style"


def source(body, around="channel"):
    return f"namespace {around} {{\nnamespace {{\n{body}\n}}  // namespace\n}}\n"


class Clashes(unittest.TestCase):
    def faults(self, header="", **sources):
        """What the tool finds in a folder that has a file for each of `sources`, and tests a folder of this header."""
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "src/channel").mkdir(parents=True)
            if header:
                (root / "src/channel/known.h").write_text(header)
            folder = root / "tests/unit/channel"
            folder.mkdir(parents=True)
            (folder / "meson.build").write_text("".join(f"'{one}.cc'" for one in sources))
            for one, text in sources.items():
                (folder / f"{one}.cc").write_text(text)
            done = subprocess.run([TOOL, "--quiet", name], capture_output=True, text=True, check=False)
            *faults, _ = done.stdout.splitlines()
            self.assertEqual(done.returncode, 1 if faults else 0)
            return faults

    def clashes(self, first, second):
        return bool(self.faults(a=source(first), b=source(second)))

    def test_a_name_in_one_source_alone_is_fine(self):
        self.assertEqual(self.faults(a=source("constexpr int kLate = 1;"), b=source("constexpr int kEarly = 1;")), [])

    def test_values_types_functions_and_tests_clash(self):
        for body in ("constexpr int kLate = 1;", "int rows[4] = {1, 2, 3, 4};", "struct Asked {\n  int x = 0;\n};", "enum class Kind { kOne };",
                     "int late(int ms) {\n  return ms;\n}", "std::string spelled;"):
            self.assertTrue(self.clashes(body, body), body)
        self.assertTrue(self.faults(a="TEST(Channel, Ends) {\n}\n", b="TEST(Channel, Ends) {\n}\n"))

    def test_the_fault_names_both_sources(self):
        (fault,) = self.faults(a=source("int kLate = 1;"), b=source("int kLate = 2;"))
        self.assertIn("channel/b.cc: a.cc has a kLate", fault)

    def test_functions_that_take_other_types_are_overloads(self):
        self.assertFalse(self.clashes("int late(int ms) {\n  return ms;\n}", "int late(Part part) {\n  return 0;\n}"))
        self.assertTrue(self.clashes("int late(int ms, char* to = nullptr) {\n  return ms;\n}", "int late(int s, char* where) {\n  return s;\n}"))

    def test_names_inside_of_functions_types_and_other_namespaces_do_not_clash(self):
        self.assertFalse(self.clashes("int a(int) {\n  int kLate = 1;\n  return kLate;\n}", "struct B {\n  int kLate = 1;\n};"))
        self.assertEqual(self.faults(a=source("int kLate = 1;"), b=source("int kLate = 1;", around="origin")), [])

    def test_what_is_said_in_comments_and_literals_is_no_name(self):
        self.assertFalse(self.clashes("// int kLate = 1;\nconst char* a = \"int kLate = 1; {\";", "int kLate = 1;"))

    def test_aliases_may_be_repeated_but_not_stand_for_something_else(self):
        self.assertFalse(self.clashes("using media::Track;\nusing Id = int;", "using media::Track;\nusing Id = int;"))
        self.assertTrue(self.clashes("using Id = int;", "using Id = long;"))
        self.assertTrue(self.clashes("using feed::Kind;", "using media::Kind;"))
        self.assertTrue(self.clashes("using Kind = feed::Kind;", "enum class Kind { kOne };"))

    def test_a_type_named_like_one_of_the_folders_headers_clashes(self):
        header = "#pragma once\nnamespace channel {\nclass Later;\nstruct Service {\n  int number = 0;\n};\nint late(int ms);\n}  // namespace channel\n"
        (fault,) = self.faults(header=header, a=source("struct Service {\n  int pictures = 0;\n};"))
        self.assertIn("channel/a.cc: src/channel/known.h has a Service", fault)
        self.assertEqual(self.faults(header=header, a=source("struct Service {\n  int pictures = 0;\n};", around="origin")), [])
        self.assertEqual(self.faults(header=header, a=source("struct Sender {\n  int number = 0;\n};\nint late(char* at) {\n  return 1;\n}")), [])

    def test_what_others_may_use_is_for_the_linker_to_judge(self):
        self.assertEqual(self.faults(a="int late() {\n  return 1;\n}\n", b="int late();\n"), [])

    def test_directories_are_read_in_one_place(self):
        for text in ("void f() {\n  opendir(name);\n}", "void f() {\n  for (auto& one : std::filesystem::directory_iterator(name)) use(one);\n}"):
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name) / "src/channel"
                folder.mkdir(parents=True)
                (pathlib.Path(name) / "tests/unit").mkdir(parents=True)
                (folder / "meson.build").write_text("'a.cc'")
                (folder / "a.cc").write_text(text)
                done = subprocess.run([TOOL, "--quiet", name], capture_output=True, text=True, check=False)
                self.assertIn("src/channel/a.cc:2: base::list_directory() reads directories", done.stdout)


if __name__ == "__main__":
    unittest.main()
