# Each snippet as it stands there before anything is typed: its name and its text, statements in a policy.
def expanded:
  gsub("\\$\\{[0-9]\\|(?<a>[^,|]*)[^|]*\\|\\}"; .a)
  | gsub("\\$\\{[0-9]:\\$[0-9]\\}"; "it")
  | gsub("\\$\\{[0-9]:(?<a>([^}\\\\]|\\\\.)*)\\}"; .a)
  | gsub("\\\\(?<a>[}$])"; .a)
  | gsub("\\$0"; "") | gsub("\\$[0-9]"; "it");
to_entries[] | .key as $name | .value.body | join("\n") | expanded
| if test("^(vpl|policy|///|rule|test)") then . else "policy p {\n" + . + "\n}" end
| [$name, .] | @base64
