#!/usr/bin/python3
"""Tests of tools/check_rules on small trees. Ids are put together from two parts, so that the real tree does not cite them."""
import pathlib
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools" / "check_rules"


def rule(number, prefix="LL"):
    return f"{prefix}-{number}"


def line(number, prefix="LL", rest="A sentence. *RFC 1*"):
    return f"- **{rule(number, prefix)}** {rest}"


class CheckRules(unittest.TestCase):
    def check(self, lines, sources):
        """The tool's exit status and what it prints for a tree of docs/rules.md and a file for each of `sources`."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "docs").mkdir()
            (root / "docs" / "rules.md").write_text("# Rules\n\n" + "\n".join(lines) + "\n")
            for name, text in sources.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            done = subprocess.run([TOOL, folder], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

    def assert_good(self, lines, text):
        self.assertEqual(self.check(lines, {"src/a.h": text})[0], 0, self.check(lines, {"src/a.h": text})[1])

    def assert_fault(self, expected, lines, sources):
        status, printed = self.check(lines, sources)
        self.assertEqual(status, 1, printed)
        self.assertIn(expected, printed)

    def test_passes_where_each_cited_id_has_a_line(self):
        self.assert_good([line(1), line(2, "CC")], f"// {rule(1)}, and {rule(2, 'CC')}: why")

    def test_fails_on_an_id_without_a_line_and_names_the_place(self):
        self.assert_fault(f"tests/a.js:2: {rule(7)} has no line", [line(1)],
                          {"src/a.h": rule(1), "tests/a.js": f"\n// {rule(7)}\n"})

    def test_fails_on_a_line_that_is_cited_nowhere(self):
        self.assert_fault(f"{rule(2)} is cited nowhere", [line(1), line(2)], {"src/a.h": rule(1)})

    def test_does_not_count_what_the_page_says_as_a_citation(self):
        self.assert_fault(f"{rule(2)} is cited nowhere", [line(1, rest=f"See {rule(2)}. *RFC 1*"), line(2)],
                          {"src/a.h": rule(1)})

    def test_fails_on_an_id_of_the_page_that_has_no_line(self):
        self.assert_fault(f"{rule(3)} has no line", [line(1, rest=f"See {rule(3)}. *RFC 1*")], {"src/a.h": rule(1)})

    def test_fails_on_a_line_without_a_source(self):
        self.assert_fault("without a source", [line(1, rest="A sentence.")], {"src/a.h": rule(1)})

    def test_fails_on_a_second_line_for_one_id(self):
        self.assert_fault("has a line already", [line(1), line(1)], {"src/a.h": rule(1)})

    def test_reads_ranges(self):
        lines = [line(1), line(2), line(3)]
        self.assert_good(lines, f"// {rule(1)} to {rule(3)}")
        self.assert_good(lines, f"// {rule(1)} to 3.")
        self.assert_fault(f"{rule(4)} has no line", lines, {"src/a.h": f"{rule(1)} to {rule(4)}"})

    def test_reads_lists_of_numbers(self):
        self.assert_good([line(1), line(2), line(3)], f"// (see {rule(1)}, 2 and 3)")

    def test_takes_no_number_of_a_sentence_for_an_id(self):
        self.assert_good([line(1)], f"// {rule(1)}, 2 parts; E{rule(9)} and {rule(1)}2x are no ids")

    def test_reads_no_corpora_and_no_binary_files(self):
        status, printed = self.check([line(1)], {"src/a.h": rule(1), "tests/fuzz/corpus/x": rule(9)})
        self.assertEqual(status, 0, printed)


if __name__ == "__main__":
    unittest.main()
